#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# symidx asks the running kernel: what it says is what /proc/kallsyms says, and
# what goes wrong is said in one line, with the documented status.

# shellcheck disable=SC1091
. "$(dirname "$(readlink -f "$0")")/../kselftest/ktap_helpers.sh"

work=$(mktemp -d /tmp/symidx-running.XXXXXX)
trap 'rm -rf "$work"' EXIT

# STATUS STDERR-PATTERN COMMAND...; ktap_test_result splits at blanks, so: none.
fails_with() {
	local wanted=$1 pattern=$2 status lines
	shift 2
	"$@" > "$work/out" 2> "$work/err"
	status=$?
	# With their ends, so that one is a whole line.
	mapfile lines < "$work/err"
	[ $status = "$wanted" ] && [ ${#lines[@]} = 1 ] && [[ ${lines[0]} == *$'\n' ]] &&
		[[ ${lines[0]} =~ $pattern ]]
}

lookup_finds() {
	symidx lookup -j register_netdev > "$work/out" &&
		grep -q '"name":"register_netdev","owner":"vmlinux","gpl":false' "$work/out"
}

owner_is_the_module() {
	modprobe nf_conntrack && symidx lookup -j nf_ct_delete > "$work/out" &&
		grep -q '"owner":"nf_conntrack"' "$work/out"
}

lists_what_kallsyms_has() {
	symidx list --module vmlinux > "$work/kernel"
	awk 'NR > 1 { print $1 }' "$work/kernel" | LC_ALL=C sort > "$work/ours"
	# Entries of the kernel's own tables have no [module] behind them. Few of the lines do
	# have such a name, and grep takes no line apart.
	grep -F ' __ksymtab_' /proc/kallsyms |
		awk 'NF == 3 && $3 ~ /^__ksymtab_/ && $3 !~ /^__ksymtab_(gpl|strings)$/ {
			print substr($3, 11) }' | LC_ALL=C sort > "$work/theirs"
	[ -s "$work/ours" ] && cmp "$work/ours" "$work/theirs"
}

list_in_name_order() {
	symidx list | awk 'NR > 1 { print $1 }' > "$work/ours"
	LC_ALL=C sort -c "$work/ours" && [ "$(wc -l < "$work/ours")" -gt 5000 ]
}

stats_agree() {
	[[ $(symidx stats -j) =~ \"unindexed\":0[,}] ]] &&
		[[ $(symidx stats -j) =~ \"kernel_symbols\":([0-9]+) ]] &&
		[ "${BASH_REMATCH[1]}" = "$(($(wc -l < "$work/kernel") - 1))" ]
}

ktap_print_header
ktap_set_plan 9
modprobe -r symbol_index 2> /dev/null
ktap_test_result "without the module: one line that says what to do" \
	fails_with 1 'modprobe.symbol_index' symidx lookup printk
modprobe symbol_index
udevadm settle
ktap_test_result "lookup finds a symbol of the kernel" lookup_finds
ktap_test_result "lookup names the module that exports a symbol" owner_is_the_module
ktap_test_result "an unknown name is a failure" fails_with 1 \
	'^symidx:.no_such_symbol_here:' symidx lookup no_such_symbol_here
ktap_test_result "a name of 500 letters is a failure" fails_with 1 \
	'exports.no.such.symbol' symidx lookup "$(printf 'a%.0s' {1..500})"
ktap_test_result "no name is wrong usage" fails_with 2 'NAME' symidx lookup
ktap_test_result "list has all that kallsyms has" lists_what_kallsyms_has
ktap_test_result "list is in name order" list_in_name_order
ktap_test_result "stats count what list lists" stats_agree
modprobe -r symbol_index
ktap_finished
