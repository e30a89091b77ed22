#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
# flexarray(1) on the arrays that this kernel has.
source "$(dirname "$0")/../kselftest/ktap_helpers.sh"

modules=${WAYMARK_TEST_MODULES:-/opt/waymark/test-modules}

check()
{
	local name=$1

	shift
	if "$@"; then
		ktap_test_pass "$name"
	else
		ktap_test_fail "$name"
	fi
}

# Status $1 and, on stderr, one line that begins with "flexarray: ".
fails_with()
{
	local status=$1 text got

	shift
	text=$("$@" 2>&1 >/dev/null)
	got=$?
	[[ $got == "$status" && $text == flexarray:* && $text != *$'\n'* ]] && return
	echo "# status $got: $text"
	return 1
}

client_array()
{
	flexarray list --owner flex_array_test | awk 'NR == 2 { print $1 }'
}

list_has_heading()
{
	[[ $(flexarray list | head -n 1) == *ID*OWNER*CREATOR*SIZE*TOTAL*PARTS*HELD*DEPTH* ]]
}

list_shows_the_array()
{
	flexarray list --owner flex_array_test |
		grep -Eq '^ *[0-9]+ +flex_array_test +flex_array_test_static +24 +1000000 +1 '
}

list_json()
{
	flexarray -j list | grep -q '"creator":"flex_array_test_static","element_size":24,'
}

list_pretty_is_indented()
{
	flexarray -p list | grep -q '^ *"element_size": 24,$'
}

list_of_nobody_is_empty()
{
	[[ $(flexarray list --owner nobody | wc -l) == 1 ]] &&
		[[ $(flexarray -j list --owner nobody) == '{"arrays":[]}' ]]
}

# What -j prints is what the installed schemas say.
fits()
{
	python3 -IS "$(dirname "$0")/schema.py" "/usr/share/waymark/schema/$1.json" "${@:2}" |
		sed 's/^/# /'
	return "${PIPESTATUS[0]}"
}

json_fits_the_schemas()
{
	flexarray -j list | fits flexarray-list &&
		flexarray -j show "$(client_array)" | fits flexarray-show &&
		flexarray -j top -n 2 -i 0.1 | fits flexarray-top --lines &&
		flexarray -j list --nonsense 2>/dev/null | fits error &&
		! flexarray -j top -n 1 | fits flexarray-list >/dev/null
}

show_tells_everything()
{
	local id

	id=$(client_array)
	flexarray show "$id" | grep -q 'creator: *flex_array_test_static' &&
		flexarray -j show "$id" | grep -q "\"id\":$id,"
}

top_has_rounds()
{
	[[ $(flexarray -j top -n 3 -i 0.1 | grep -c '"arrays"') == 3 ]] &&
		flexarray top -n 1 | grep -q 'arrays hold'
}

without_module()
{
	local held

	held=$(lsmod | awk '$1 == "flex_array" { print $3 }')
	[[ $held == 0 ]] || return
	rmmod flex_array && fails_with 1 flexarray list && modprobe flex_array
}

# A static array with one part, held by a descriptor, is there to be seen.
hold_array()
{
	# exec: what gets killed has to be the holder, not a shell that waits for it.
	coproc HOLD { exec "$(dirname "$0")/hold_array"; }
	read -r -t 60 -u "${HOLD[0]}"
}

release_array()
{
	kill "$HOLD_PID" && wait "$HOLD_PID" 2>/dev/null
	until rmmod flex_array_test 2>/dev/null; do
		sleep 0.1
		((++waited < 300)) || return
	done
}

ktap_print_header
modprobe flex_array
[[ -e /dev/flex_array_test ]] || insmod "$modules/flex_array_test.ko"
if ! hold_array; then
	ktap_skip_all "no array to look at"
	exit "$KSFT_FAIL"
fi
ktap_set_plan 14
check "list has a heading" list_has_heading
check "list shows an array" list_shows_the_array
check "list -j" list_json
check "list -p is indented" list_pretty_is_indented
check "list of a module without arrays" list_of_nobody_is_empty
check "JSON fits the schemas" json_fits_the_schemas
check "show" show_tells_everything
check "show of an unknown id fails" fails_with 1 flexarray show 99999999
check "show of no number is misuse" fails_with 2 flexarray show x
check "no command is misuse" fails_with 2 flexarray
check "an unknown option is misuse" fails_with 2 flexarray list --nonsense
check "top" top_has_rounds
check "the client goes away" release_array
if (($(lsmod | awk '$1 == "flex_array" { print $3 }'))); then
	ktap_test_skip "list without the module: others use it"
else
	check "list without the module" without_module
fi
ktap_finished
