#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Devices that borrow the address of a NIC never take its links.

. "$(dirname "$0")/naming.sh"

mapfile -t nics < <(hardware)
plan 9
[ "${#nics[@]}" -ge 2 ] || ktap_exit_fail_msg "needs two NICs"
nic=${nics[0]} other=${nics[1]}
node=$(node_of "$nic")
mac=$(ethtool -P "$nic")
mac=${mac##* }

undo+=("ip link set $nic nomaster" "ip link set $other nomaster")
for name in wvlan wmacvlan wbridge wbond wteam wveth; do
	undo+=("ip link del $name")
done

ip link set "$nic" down
ip link add link "$nic" name wvlan type vlan id 7
links "a VLAN over a NIC"
ip link add link "$nic" name wmacvlan type macvlan mode bridge
links "a macvlan over a NIC"
ip link add wveth type veth peer name wpeer
links "a pair of veths"
ip link del wvlan
ip link del wmacvlan
ip link add wbridge type bridge
ip link set "$nic" master wbridge
links "a bridge over a NIC"
ip link set "$nic" nomaster
ip link del wbridge
ip link add wbond type bond mode active-backup
ip link set "$other" down
ip link set "$other" master wbond
ip link set "$nic" master wbond
links "a bond over two NICs, which changes the address of one"
point "the permanent address leads to the hardware" to_node "by-mac/$mac" "$node"
ip link set "$nic" nomaster
ip link set "$other" nomaster
ip link del wbond
ip link set "$nic" address 02:00:00:00:00:77
links "another address on the NIC"
point "the permanent address still leads to it" to_node "by-mac/$mac" "$node"
ip link set "$nic" address "$mac"
ip link del wveth
links "after all are gone"
ktap_finished
