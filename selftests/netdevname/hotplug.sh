#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# NICs that come and go, three at a time, of several models, in several slots.

. "$(dirname "$0")/naming.sh"

models=(virtio-net-pci e1000e igb)
ports=(rp3 rp4 rp5)
rounds=$(sized 17 2)

# mac_of ROUND NUMBER: sets mac.
mac_of() {
	printf -v mac '52:54:00:aa:%02x:%02x' "$1" "$2"
}

plug() {
	local i mac
	for i in 0 1 2; do
		mac_of "$1" $i
		machine add "plug$i" "${models[($1 + i) % 3]}" "${ports[i]}" "mac=$mac" || {
			echo "cannot plug ${models[($1 + i) % 3]} into ${ports[i]}"
			return 1
		}
	done
	for i in 0 1 2; do
		mac_of "$1" $i
		wait_for nics_with "$mac" 1 || { echo "no NIC came to ${ports[i]}"; return 1; }
	done
	settle
	oracle || return 1
	for i in 0 1 2; do
		mac_of "$1" $i
		[ -e "/dev/netdev/by-mac/$mac" ] || { echo "no link by-mac/$mac"; return 1; }
	done
}

unplug() {
	local i mac
	machine del plug0 plug1 plug2 || { echo "cannot unplug ${ports[*]}"; return 1; }
	for i in 0 1 2; do
		mac_of "$1" $i
		wait_for nics_with "$mac" 0 || { echo "the NIC in ${ports[i]} did not go"; return 1; }
	done
	settle
	oracle || return 1
	for i in 0 1 2; do
		mac_of "$1" $i
		[ ! -L "/dev/netdev/by-mac/$mac" ] || { echo "by-mac/$mac was left behind"; return 1; }
	done
}

cycle() {
	plug "$1" && unplug "$1"
}

plan "$rounds"
undo+=("machine del plug0" "machine del plug1" "machine del plug2")
start_oracle
for ((n = 0; n < rounds; n++)); do
	point "hot-plugs $((3 * n + 1)) to $((3 * n + 3))" cycle "$n"
done
ktap_finished
