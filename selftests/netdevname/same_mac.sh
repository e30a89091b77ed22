#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A second NIC with a permanent address that is there already: it takes nothing.

. "$(dirname "$0")/naming.sh"

mac=52:54:00:bb:00:01
undo+=("machine del twin1" "machine del twin2")

plug() {
	machine add "$1" "$3" "$2" "mac=$mac" && wait_for nics_with "$mac" "$4"
}

unplug() {
	machine del "$1" && wait_for nics_with "$mac" 1
}

# The path of the NIC that has the link contains that of its root port.
winner_is() {
	local name path
	name=$(netdevname resolve "by-mac/$mac") || return 1
	path=$(readlink -f "/sys/class/net/$name")
	[[ $path == *"$1"* ]] || { echo "the winner is $name at $path"; return 1; }
}

conflict_is_listed() {
	netdevname list -j | jq -e --arg link "by-mac/$mac" \
		'[.[].conflicts[] | select(.link == $link)] | length == 1' > /dev/null
}

in_journal() {
	journalctl -b -t netdev-naming --no-pager | grep -q "claim the same name"
}

plan 11
point "the second slot first" plug twin2 rp4 virtio-net-pci 1
links "alone it has the link"
point "then the first slot" plug twin1 rp3 e1000e 2
links "both: who had the link keeps it"
point "the holder sits in the second slot" winner_is 0000:00:09.0
point "the conflict is listed" conflict_is_listed
point "the conflict is in the journal" in_journal
point "the holder leaves" unplug twin2
links "the other one inherits the link"
point "the former holder comes back as another model" plug twin2 rp4 e1000e 2
links "the heir keeps the link"
machine del twin1 twin2
ktap_finished
