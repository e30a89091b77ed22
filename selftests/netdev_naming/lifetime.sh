#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The module comes and goes: nodes for the NICs that are there, none afterwards,
# and no unloading under an open descriptor. NICs come and go meanwhile.

source "$(dirname "$0")/../kselftest/ktap_helpers.sh"
# shellcheck source=selftests/lib/nap.sh
source "$(dirname "$0")/nap.sh"

module=netdev_naming
cycles=${NETDEV_NAMING_CYCLES:-$([ -n "$WAYMARK_LONG" ] && echo 20 || echo 3)}

loaded()
{
	[ -d /sys/module/$module ]
}

# complain REASON...: fails, and says why.
complain()
{
	ktap_print_msg "$*"
	return 1
}

# rmmod fails while udev still handles what we caused, or something has a node open.
unload()
{
	local end=$((SECONDS + 300))

	until rmmod $module 2>/dev/null; do
		loaded || return 0
		[ $SECONDS -lt $end ] || {
			complain "not unloaded, $(< /sys/module/$module/refcnt) references"
			return 1
		}
		nap 0.005
	done
}

nodes_match_nics()
{
	local nic ifindex nodes nics

	for nic in /sys/class/net/*/ifindex; do
		ifindex=$(< "$nic") || { complain "$nic went"; return 1; }
		[ -c "/dev/netdev/if$ifindex" ] || { complain "$nic: no node if$ifindex"; return 1; }
		[ "$(< "/sys/class/netdev_naming/if$ifindex/ifindex")" = "$ifindex" ] ||
			{ complain "if$ifindex has another ifindex"; return 1; }
	done
	nodes=(/dev/netdev/if*) nics=(/sys/class/net/*/ifindex)
	[ "${#nodes[@]}" = "${#nics[@]}" ] || complain "${nodes[*]} for ${nics[*]}"
}

picks_up_nics_at_load()
{
	ip link add nnt0 type dummy && modprobe $module && nodes_match_nics
}

leaves_nothing_behind()
{
	udevadm settle
	unload && [ ! -e /dev/netdev/control ] && [ ! -e /sys/class/netdev_naming ] &&
		[ -z "$(find /dev/netdev -type c 2>/dev/null)" ]
}

# Every kind of descriptor holds the module, also one of a NIC that is gone.
open_descriptor_holds_module()
{
	local fd ret=0 path=$1

	exec {fd}<"$path" || return 1
	[ -z "$2" ] || ip link del "$2"
	udevadm settle
	rmmod $module 2>/dev/null && ret=1
	exec {fd}<&-
	loaded && [ $ret = 0 ]
}

node_of()
{
	echo "/dev/netdev/if$(< "/sys/class/net/$1/ifindex")"
}

# For one ip, a command at a time: one that does them all at once would keep udev busy
# for long, one process for each would take the time from what is tested. It ends by
# itself: where udev is slower than this, it never has nothing open otherwise, and the
# module could never be unloaded.
burst()
{
	local i

	for _ in 1 2; do
		for i in 1 2 3 4 5; do
			echo "link add nnb$i type dummy"
			nap 0.04
			echo "link set nnb$i name nnc$i"
			nap 0.04
		done
		for i in 1 2 3 4 5; do
			echo "link del nnc$i"
			nap 0.04
		done
	done
}

# One more than the last NIC of this namespace was given.
next_ifindex()
{
	ip link add nnb0 type dummy && echo "$(< /sys/class/net/nnb0/ifindex)" && ip link del nnb0
}

# Descriptors as well, so that rmmod often is refused: both ways are taken.
cycle_under_load()
{
	local i pid first last ret=0

	first=$(next_ifindex)
	for ((i = 0; i < cycles; i++)); do
		burst | ip -force -batch - &
		pid=$!
		modprobe $module || { complain "not loaded"; ret=1; }
		timeout 0.1 cat /dev/netdev/control >/dev/null
		unload || ret=1
		wait $pid
	done
	# Each NIC that came took one; a name that was not free in time is not missed.
	last=$(next_ifindex)
	[ $((last - first)) -gt $((cycles * 5)) ] || { complain "$((last - first)) NICs came"; ret=1; }
	modprobe $module && nodes_match_nics && return $ret
}

switch=/sys/kernel/debug/kprobes/enabled

# complaints: how often the log says that alternative names are not seen.
complaints()
{
	dmesg | grep -c "netdev_naming: .*kprobes are off"
}

# Probes can be registered while they are all switched off, and are never hit then.
notices_kprobes_that_are_off()
{
	local before ret=0

	before=$(complaints)
	echo 0 > $switch
	modprobe $module || ret=1
	echo 1 > $switch
	[ "$(complaints)" = $((before + 1)) ] || { complain "the log does not say so"; ret=1; }
	udevadm settle
	unload && modprobe $module || ret=1
	[ "$(complaints)" = $((before + 1)) ] || { complain "the log says so without reason"; ret=1; }
	return $ret
}

# An id is never given again, although the module forgets all NICs.
ids_rise_over_a_reload()
{
	local ids id before

	ids=(/sys/class/netdev_naming/if*/id)
	before=$(sort -n "${ids[@]}" | tail -n 1)
	udevadm settle
	unload && modprobe $module || return 1
	for id in /sys/class/netdev_naming/if*/id; do
		[ "$(< "$id")" -gt "$before" ] || { complain "$id: $(< "$id") was $before"; return 1; }
	done
}

ktap_print_header
ktap_set_plan 9

loaded && unload
ktap_test_result "picks up NICs at load" picks_up_nics_at_load
ktap_test_result "leaves nothing behind" leaves_nothing_behind
modprobe $module
ktap_test_result "open handle holds the module" \
	open_descriptor_holds_module "$(node_of nnt0)"
ktap_test_result "open control holds the module" \
	open_descriptor_holds_module /dev/netdev/control
ktap_test_result "handle of a removed NIC holds the module" \
	open_descriptor_holds_module "$(node_of nnt0)" nnt0
ktap_test_result "loads and unloads while NICs come and go" cycle_under_load
ktap_test_result "ids rise over a reload" ids_rise_over_a_reload
udevadm settle
ktap_test_result "unloads at the end" unload
if [ "$(cat $switch 2>/dev/null)" = 1 ]; then
	ktap_test_result "notices kprobes that are off" notices_kprobes_that_are_off
	udevadm settle
	unload
else
	ktap_test_skip "this kernel has no switch for kprobes"
fi
ktap_finished
