#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Many devices at once, created and renamed before udev sees the first of them.

. "$(dirname "$0")/naming.sh"

devices=$(sized 100 12)
plan 4
undo+=("for d in /sys/class/net/burst*; do ip link del dev \${d##*/}; done")
{
	for ((i = 0; i < devices; i++)); do
		echo "link add name raw$i type dummy"
	done
	for ((i = 0; i < devices; i++)); do
		echo "link set dev raw$i name burst$i"
	done
} | ip -batch -
links "after $devices devices were created and renamed in a burst"
for ((i = 0; i < devices; i += 2)); do
	echo "link set dev burst$i name swap"
	echo "link set dev burst$((i + 1)) name burst$i"
	echo "link set dev swap name burst$((i + 1))"
done | ip -batch -
links "after the names of pairs of them were swapped in a burst"
mapfile -t nics < <(hardware)
mac_links=(/dev/netdev/by-mac/*)
point "none of them has a link by-mac" test "${#mac_links[@]}" -le "${#nics[@]}"
for ((i = 0; i < devices; i++)); do
	echo "link del dev burst$i"
done | ip -batch -
links "after all of them were removed in a burst"
ktap_finished
