#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# symidx check against the kernel's own verdict: modules of this kernel, intact
# and damaged in seven ways, are judged by symidx and then given to
# finit_module(2). Any difference fails, a false alarm as well as a miss.
#
# WAYMARK_MODULES: how many modules are taken (default 60).

dir=$(dirname "$(readlink -f "$0")")
# shellcheck disable=SC1091
. "$dir/../kselftest/ktap_helpers.sh"

wanted=${WAYMARK_MODULES:-60}
kinds="intact crc version import licence namespace vermagic machine"
least=200
release=$(uname -r)
work=$(mktemp -d /tmp/symidx-check.XXXXXX)
trap 'rm -rf "$work"' EXIT

unpack() { # FILE OUTPUT
	case $1 in
	*.xz) xz -dc "$1" > "$2" 2> /dev/null ||
		python3 -c 'import lzma, sys; sys.stdout.buffer.write(lzma.open(sys.argv[1]).read())' \
			"$1" > "$2" ;;
	*.zst) zstd -dqc "$1" > "$2" ;;
	*) cat "$1" > "$2" ;;
	esac
}

# Modules that need no hardware, of as many sorts as there are: some import
# namespaces, some only plain symbols, some only GPL ones.
candidates() {
	local pattern
	for pattern in net/netfilter/xt_ net/sched/ crypto/ drivers/usb/storage/ums- fs/nls/ \
		net/ipv4/tcp_ lib/ net/netfilter/nft_ net/bridge/netfilter/; do
		grep -m 14 "^kernel/$pattern" "/lib/modules/$release/modules.order"
	done
}

# Loads what @name needs and takes @name itself out again.
prepare() { # NAME
	[ ! -d "/sys/module/$1" ] && modprobe "$1" 2> /dev/null && [ -d "/sys/module/$1" ] &&
		rmmod "$1" 2> /dev/null && [ ! -d "/sys/module/$1" ]
}

# That of the kernel's installation, if the hook ran then.
find_index() {
	index=/lib/modules/$release/symbol_index.bin
	if [ ! -e "$index" ]; then
		index=$work/index
		symidx build --kernel "$release" -o "$index" > "$work/build.log" 2>&1 || return 1
	fi
	symidx stats --index "$index" > "$work/build.log" 2>&1
}

make_variants() {
	local order name file kind taken=0
	while read -r order && [ $taken -lt "$wanted" ]; do
		name=$(basename "$order" .ko)
		name=${name//-/_}
		prepare "$name" || continue
		file=$(modinfo -F filename "$name") || continue
		unpack "$file" "$work/unpacked.ko" || continue
		for kind in $kinds; do
			"$dir/damage" "$kind" "$work/unpacked.ko" "$work/$name.$kind.ko" 2> /dev/null &&
				echo "$name $kind" >> "$work/variants"
		done
		taken=$((taken + 1))
	done < <(candidates)
	drop_loaded
	[ $taken -ge $((wanted * 2 / 3)) ]
}

# What another one turned out to need is loaded now: to each of its variants the kernel says
# that there is one already.
drop_loaded() {
	local name kind
	while read -r name kind; do
		[ -d "/sys/module/$name" ] || echo "$name $kind"
	done < "$work/variants" > "$work/variants.left"
	mv "$work/variants.left" "$work/variants"
}

ask_symidx() {
	local name kind
	# One run for all; the damaged ones make it exit with 1, not with 2 or a crash.
	sed "s|\(.*\) \(.*\)|$work/\1.\2.ko|" "$work/variants" |
		xargs -n 100000 symidx check --index "$index" > "$work/verdicts" 2> "$work/check.err"
	grep -c -E ': will( not)? load' "$work/verdicts" > "$work/count"
	[ "$(cat "$work/count")" = "$(wc -l < "$work/variants")" ]
}

# Prints every difference; the words are those of the table below.
compare() {
	local name kind file ours kernel
	while read -r name kind; do
		file=$work/$name.$kind.ko
		ours=refuses
		grep -q "^$file: will load" "$work/verdicts" && ours=loads
		kernel=refuses
		if insmod "$file" 2> "$work/insmod.err"; then
			kernel=loads
			rmmod "$name"
		fi
		echo "$kind $ours $kernel" >> "$work/results"
		if [ $ours != $kernel ]; then
			ktap_print_msg "$name, $kind: symidx says $ours, the kernel says $kernel"
			ktap_print_msg "$(cat "$work/insmod.err")"
			grep -A 4 "^$file:" "$work/verdicts" | while read -r line; do
				ktap_print_msg "$line"
			done
		fi
	done < "$work/variants"
}

agrees() { # KIND
	grep -q "^$1 " "$work/results" &&
		! grep -q -E "^$1 (loads refuses|refuses loads)$" "$work/results"
}

damaged_enough() { [ "$(grep -vc '^intact ' "$work/results")" -ge $least ]; }

ktap_print_header
# A kernel without MODVERSIONS has no CRC that could be wrong.
versions=$(modinfo -F vermagic symbol_index | grep -c modversions)
ktap_set_plan 12
modprobe symbol_index
ktap_test_result "there is an index of this kernel" find_index
ktap_print_msg "$(cat "$work/build.log")"
ktap_test_result "modules are damaged" make_variants
ktap_test_result "symidx gives a verdict on each" ask_symidx
: > "$work/results"
compare
ktap_print_msg "kind, symidx, kernel: $(sort "$work/results" | uniq -c | tr -s ' \n' ' ;')"
for kind in $kinds; do
	if [[ $kind = crc || $kind = version ]] && [ "$versions" = 0 ]; then
		ktap_test_skip "$kind: this kernel has no MODVERSIONS"
		continue
	fi
	ktap_test_result "$kind: symidx agrees with the kernel" agrees "$kind"
done
ktap_test_result "at least $least damaged modules were tried" damaged_enough
modprobe -r symbol_index
ktap_finished
