#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Two NICs with one permanent address: the same one wins, whoever came first.

. "$(dirname "$0")/naming.sh"

mac=52:54:00:bb:00:01
undo+=("machine del twin1" "machine del twin2")

plug() {
	machine add "$1" "$3" "$2" "mac=$mac" && wait_for nics_with "$mac" "$4"
}

unplug() {
	machine del "$1" && wait_for nics_with "$mac" 1
}

# The path of the NIC that has the link contains that of the lower root port.
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
links "both: the first slot wins"
point "the winner sits in the first slot" winner_is 0000:00:08.0
point "the conflict is listed" conflict_is_listed
point "the conflict is in the journal" in_journal
point "the winner leaves" unplug twin1
links "the other one inherits the link"
point "the winner comes back as another model" plug twin1 rp3 virtio-net-pci 2
links "it has the link again"
machine del twin1 twin2
ktap_finished
