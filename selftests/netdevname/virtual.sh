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

undo+=("ip_batch <<< 'link set $nic nomaster
link set $other nomaster
link del wvlan
link del wmacvlan
link del wbridge
link del wbond
link del wveth'")

ip_batch <<-END
	link set $nic down
	link add link $nic name wvlan type vlan id 7
END
links "a VLAN over a NIC"
ip link add link "$nic" name wmacvlan type macvlan mode bridge
links "a macvlan over a NIC"
ip link add wveth type veth peer name wpeer
links "a pair of veths"
ip_batch <<-END
	link del wvlan
	link del wmacvlan
	link add wbridge type bridge
	link set $nic master wbridge
END
links "a bridge over a NIC"
ip_batch <<-END
	link set $nic nomaster
	link del wbridge
	link add wbond type bond mode active-backup
	link set $other down
	link set $other master wbond
	link set $nic master wbond
END
links "a bond over two NICs, which changes the address of one"
point "the permanent address leads to the hardware" to_node "by-mac/$mac" "$node"
ip_batch <<-END
	link set $nic nomaster
	link set $other nomaster
	link del wbond
	link set $nic address 02:00:00:00:00:77
END
links "another address on the NIC"
point "the permanent address still leads to it" to_node "by-mac/$mac" "$node"
ip_batch <<-END
	link set $nic address $mac
	link del wveth
END
links "after all are gone"
ktap_finished
