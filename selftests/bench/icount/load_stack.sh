#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What loading a stack of modules costs.
#
# load.STACK.find_symbol: all searches of the load, with the index: the searches
# themselves, the way through ftrace and livepatch for each of them, and the upkeep
# of the index; the reference is the search of all tables for the same symbols at
# the same moments, without any of that. Instructions, less those of reading the
# clock around every search.
#
# load.STACK.whole: the whole load, modprobe included, with the loader patched and
# not, in turns; the least of each.
#
# Both with 400 modules loaded before, none of them of a stack.

set -eu
export LC_ALL=C
modules=${WAYMARK_TEST_MODULES:-/opt/waymark/test-modules}
find=/sys/module/symbol_index_probe/parameters/cost
loader=/sys/module/symbol_index_loader/parameters
patch=/sys/kernel/livepatch/symbol_index_loader

fail()
{
	echo "load_stack: $*" >&2
	exit 1
}

figure() # NAME VALUE REFERENCE REFERENCE_VALUE UNIT
{
	printf '{"name":"%s","value":%s,"unit":"%s","reference":"%s","reference_value":%s}\n' \
		"$1" "$2" "$5" "$3" "$4"
}

stack_modules()
{
	case $1 in
	nf_tables) echo nf_tables nft_ct nft_nat nft_masq nft_log nft_limit nft_reject_inet nft_fib_inet ;;
	wireless) echo mac80211 ath9k iwlwifi iwlmvm rtl8192ce mt76 ;;
	drm) echo drm_kms_helper i915 amdgpu nouveau radeon ;;
	netfs) echo nfsd cifs ceph nfsv4 ;;
	esac
}

# Fills up to 400 modules with drivers, which exist for hardware that is not here. None
# that maps memory where it expects a card of 1995 (drivers/mtd/maps): the kernel warns.
load_ballast()
{
	for folder in iio hwmon media/rc media/i2c usb/serial input/misc leds regulator power rtc \
		watchdog misc i2c/busses gpio mfd pinctrl; do
		find "/lib/modules/$(uname -r)/kernel/drivers/$folder" -name '*.ko*' 2> /dev/null
	done | sed 's,.*/,,; s,\.ko.*,,' | grep -v -E 'dog|wdt|wd$|_test' | while read -r name; do
		[ "$(wc -l < /proc/modules)" -lt 400 ] || break
		modprobe -q "$name" 2> /dev/null || :
	done
}

load() { for name in $(stack_modules "$1"); do modprobe -q "$name" 2> /dev/null || :; done; }

# Takes away what was not there before.
unload()
{
	for _ in 1 2 3 4 5 6 7 8; do
		cut -d' ' -f1 /proc/modules | grep -vxF "$kept" | while read -r name; do
			rmmod "$name" 2> /dev/null || :
		done
	done
}

loader_load()
{
	modprobe symbol_index_loader mode="$1"
	until [ "$(cat $patch/transition)" = 0 ]; do sleep 0.1; done
}

loader_unload()
{
	echo 0 > $patch/enabled
	while [ -e $patch ]; do sleep 0.1; done
	rmmod symbol_index_loader
}

upkeep() { symidx stats -j | tr ',{}' '\n' | sed -n 's/.*"update_ns": *\([0-9]*\).*/\1/p'; }

searches() # STACK
{
	loader_load verify
	# What the way through ftrace and livepatch costs, by a search that is measured with and without.
	echo on > $loader/mode
	echo register_netdev > $find
	way=$(awk '{ print $4 - $5 }' $find) clock=$(cut -d' ' -f7 $find)
	echo verify > $loader/mode
	calls=$(cat $loader/verified) walk=$(cat $loader/walk_ns) index=$(cat $loader/index_ns)
	before=$(upkeep)
	load "$1"
	calls=$(($(cat $loader/verified) - calls))
	walk=$(($(cat $loader/walk_ns) - walk - calls * clock))
	index=$(($(cat $loader/index_ns) - index - calls * clock)) kept_up=$(($(upkeep) - before))
	[ "$(cat $loader/differences)" = 0 ] || fail "the index gave a wrong answer"
	figure "load.$1.find_symbol" $((index + calls * way + kept_up)) off "$walk" instructions
	figure "load.$1.searches" "$calls" off "$calls" calls
	unload
	loader_unload
}

whole() # STACK
{
	off=0 on=0
	for _ in 1 2; do
		for mode in off on; do
			[ $mode = off ] || loader_load on
			start=$(date +%s%N)
			load "$1"
			took=$(($(date +%s%N) - start))
			eval "least=\$$mode"
			if [ "$least" = 0 ] || [ "$took" -lt "$least" ]; then eval "$mode=$took"; fi
			unload
			[ $mode = off ] || loader_unload
		done
	done
	figure "load.$1.whole" "$on" off "$off" instructions
}

[ -d /sys/kernel/livepatch ] || fail "this kernel has no live patching, nothing to compare"
modprobe symbol_index
[ -e $find ] || insmod "$modules/symbol_index_probe.ko"
load_ballast
figure load.modules_before "$(wc -l < /proc/modules)" wanted 400 modules
kept="$(cut -d' ' -f1 /proc/modules; echo symbol_index_loader)"
for stack in nf_tables wireless drm netfs; do
	load $stack # once, so that all files are in memory
	unload
	searches $stack
	whole $stack
done
rmmod symbol_index_probe
