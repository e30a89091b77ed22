#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What a search of the module loader costs, in instructions, with few and with
# many modules loaded: the kernel's own find_symbol() and, in the same boot, the
# live patch. "index" is the search in the index alone, without the way through
# ftrace and livepatch that every patched function pays for; "empty_patch" is that
# way alone, by a function that does nothing, patched by one that does nothing.

set -eu
export LC_ALL=C
modules=${WAYMARK_TEST_MODULES:-/opt/waymark/test-modules}
find=/sys/module/symbol_index_probe/parameters/cost
empty=/sys/kernel/livepatch/symbol_index_empty_patch
tables=$(mktemp)
trap 'rm -f "$tables"' EXIT

fail()
{
	echo "find_symbol: $*" >&2
	exit 1
}

# ask SYMBOL: NAME found|missing OWNER COST INDEX
ask()
{
	echo "$1" > $find
	cat $find
}

call_cost() { ask "$1" | cut -d' ' -f4; }
index_cost() { ask "$1" | cut -d' ' -f5; }

figure() # NAME VALUE REFERENCE REFERENCE_VALUE
{
	printf '{"name":"%s","value":%s,"unit":"instructions","reference":"%s","reference_value":%s}\n' \
		"$1" "$2" "$3" "$4"
}

# Takes away all modules that nothing uses.
unload_all()
{
	for _ in 1 2 3 4 5 6 7 8; do
		awk '$3 == 0 && $1 !~ /^(virtio|symbol_index|flex_array)/ { print $1 }' /proc/modules |
			while read -r name; do rmmod "$name" 2> /dev/null || :; done
	done
}

# The modules that may be loaded: none whose loading is a test of minutes.
candidates()
{
	find "/lib/modules/$(uname -r)/kernel/net" "/lib/modules/$(uname -r)/kernel/crypto" \
		"/lib/modules/$(uname -r)/kernel/fs" -name '*.ko*' -not -path '*/tests/*' |
		sort | sed 's,.*/,,; s,\.ko.*,,' | grep -Ev '^test_|[-_](test|kunit)$|^tcrypt$'
}

# Loads modules until so many are there.
load_until()
{
	candidates | while read -r name; do
		[ "$(wc -l < /proc/modules)" -lt "$1" ] || break
		modprobe -q "$name" 2> /dev/null || :
	done
}

# Prints the first export of the newest, the median and the oldest module that has exports.
places()
{
	awk '$3 ~ /^__ksymtab_/ && $4 != "" {
		gsub(/[][]/, "", $4)
		if (!($4 in first)) { first[$4] = 1; print $4, substr($3, 11) }
	}' /proc/kallsyms > "$tables"
	awk 'NR == FNR { export[$1] = $2; next }
	     $1 in export { name[n++] = export[$1] }
	     END { print name[0], name[int(n / 2)], name[n - 1] }' "$tables" /proc/modules
}

measure() # KIND SYMBOL...: fills the variables KIND_PLACE
{
	kind=$1
	shift
	for place in vmlinux_hit module_hit_newest module_hit_median module_hit_oldest miss; do
		eval "${kind}_$place=$(call_cost "$1") ${kind}_index_$place=$(index_cost "$1")"
		shift
	done
}

loader_on()
{
	modprobe symbol_index_loader mode=on
	until [ "$(cat /sys/kernel/livepatch/symbol_index_loader/transition)" = 0 ]; do sleep 0.1; done
}

loader_off()
{
	echo 0 > /sys/kernel/livepatch/symbol_index_loader/enabled
	while [ -e /sys/kernel/livepatch/symbol_index_loader ]; do sleep 0.1; done
	rmmod symbol_index_loader
}

compare() # SUFFIX
{
	# shellcheck disable=SC2046 # names of symbols have no blanks
	set -- "$1" register_netdev $(places) no_module_exports_this
	suffix=$1
	shift
	measure kernel "$@"
	loader_on
	measure patch "$@"
	loader_off
	for place in vmlinux_hit module_hit_newest module_hit_median module_hit_oldest miss; do
		eval "figure find_symbol.$place$suffix \$patch_$place mainline \$kernel_$place"
		eval "figure find_symbol.index.$place$suffix \$patch_index_$place mainline \$kernel_$place"
	done
}

# What every patched function pays for.
measure_empty_patch()
{
	insmod "$modules/symbol_index_empty_patch.ko"
	until [ "$(cat $empty/transition)" = 0 ]; do sleep 0.1; done
	figure find_symbol.empty_patch "$(ask register_netdev | cut -d' ' -f6)" unpatched 0
	echo 0 > $empty/enabled
	while [ -e $empty ]; do sleep 0.1; done
	rmmod symbol_index_empty_patch
}

[ -d /sys/kernel/livepatch ] || fail "this kernel has no live patching, nothing to compare"
unload_all
modprobe symbol_index
[ -e $find ] || insmod "$modules/symbol_index_probe.ko"
measure_empty_patch
for count in 10 50 100 200 300; do
	load_until $count
	compare ".$(wc -l < /proc/modules)_modules"
done
load_until 400
compare ""
figure find_symbol.modules_loaded "$(wc -l < /proc/modules)" wanted 400 | sed 's/instructions/modules/'
rmmod symbol_index_probe
# The next benchmark of this boot has its own.
unload_all
