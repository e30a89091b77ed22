#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A NIC that leaves for another network namespace and returns.

. "$(dirname "$0")/naming.sh"

mapfile -t nics < <(hardware)
plan 7
[ "${#nics[@]}" -ge 1 ] || ktap_exit_fail_msg "needs a NIC"
nic=${nics[0]}
mac=$(ethtool -P "$nic")
mac=${mac##* }
undo+=("ip -n wm1 link set $nic netns 1" "ip netns del wm1")

gone() {
	[ ! -L "/dev/netdev/by-mac/$mac" ] && [ ! -L "/dev/netdev/by-name/$nic" ]
}

back() {
	[ "$(netdevname resolve "by-mac/$mac")" = "$nic" ]
}

returned() {
	[ -e "/sys/class/net/$nic" ]
}

ip netns add wm1
ip link set "$nic" netns wm1
links "the NIC is in another namespace"
point "its links are gone" gone
ip -n wm1 -force -batch - <<-END
	link set $nic name other0
	link set other0 name $nic
	link set $nic netns 1
END
links "it returns"
point "its links are back" back
for ((i = 0; i < 10; i++)); do
	ip link set "$nic" netns wm1
	ip -n wm1 link set "$nic" netns 1
done
links "after ten more trips"
ip link set "$nic" netns wm1
ip netns del wm1
point "the namespace is deleted under it" wait_for returned
links "it falls back with all its links"
ktap_finished
