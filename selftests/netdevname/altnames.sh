#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# No name stays on the wrong NIC, and none is in the way of a NIC that is to have it.

. "$(dirname "$0")/naming.sh"

roles=/run/netdev-naming/roles.d
links=/run/systemd/network
state=/var/lib/netdev-naming
mac=52:54:00:ac:00:01
second=52:54:00:ac:00:02
sockets=(systemd-udevd-control.socket systemd-udevd-kernel.socket)

same() {
	[ "$1" = "$2" ] || { echo "\"$1\" is not \"$2\""; return 1; }
}

# role MORE...: of wrole, with these lines in [Match] and after it.
role() {
	mkdir -p $roles
	{
		printf '[Match]\n'
		printf '%s\n' "$@"
		printf '[Role]\nName=wrole\nAlternativeName=yes\n'
	} > $roles/10-w.role
	udevadm trigger --settle --action=change --subsystem-match=netdev_naming
	settle
}

# led_to NIC: the link and the alternative name lead there, and the name to no other.
led_to() {
	local found
	same "$(netdevname resolve by-role/wrole)" "$1" || return 1
	same "$(netdevname resolve wrole)" "$1" || return 1
	found=$(netdevname list -j | jq -r '.[] | select(.altnames | index("wrole")) | .name')
	same "$found" "$1"
}

to_nobody() {
	[ ! -L /dev/netdev/by-role/wrole ] || { echo "the link is there"; return 1; }
	! ip link show wrole 2> /dev/null
}

plug() {
	machine add "$1" "$3" "$2" "mac=$4" && wait_for nics_with "$4" 1 && settle
}

unplug() {
	machine del "$1" && wait_for nics_with "$2" 0 && settle
}

is_settled() {
	[ -e /run/netdev-naming/settled ]
}

follows_an_edit() {
	role "Path=$(path_of "$nic")" && led_to "$nic" || return 1
	role "Path=$(path_of "$other")" && led_to "$other"
}

path_of() {
	netdevname list -j | jq -r --arg nic "$1" '.[] | select(.name == $nic) | .links[] |
		select(startswith("by-path/")) | ltrimstr("by-path/")'
}

follows_a_card() {
	local name
	role "PermanentMACAddress=$mac" "[Fallback]" "Path=$(path_of "$nic")" && led_to "$nic" || return 1
	plug wcard rp3 e1000e $mac || return 1
	name=$(netdevname resolve by-mac/$mac) && led_to "$name" || return 1
	unplug wcard $mac || return 1
	led_to "$nic"
}

goes_with_the_role() {
	rm -f $roles/10-w.role
	udevadm trigger --settle --action=change --subsystem-match=netdev_naming
	settle
	to_nobody
}

# udev renames a card to what is an alternative name of another NIC.
makes_room() {
	role "Path=$(path_of "$nic")" && led_to "$nic" || return 1
	mkdir -p $links
	printf '[Match]\nPermanentMACAddress=%s\n[Link]\nName=wrole\n' $mac > $links/10-w.link
	udevadm control --reload
	plug wcard rp3 e1000e $mac || return 1
	same "$(netdevname resolve by-mac/$mac)" wrole || return 1
	same "$(netdevname resolve by-role/wrole)" "$nic" || return 1
	rm -f $links/10-w.link
	udevadm control --reload
	unplug wcard $mac
}

# Two models in one slot.
another_model_is_refused() {
	local path
	plug wcard rp3 e1000e $mac || return 1
	path=$(path_of "$(netdevname resolve by-mac/$mac)")
	role "PermanentMACAddress=$mac" "[Fallback]" "Path=$path" || return 1
	netdevname snapshot --save || return 1
	unplug wcard $mac && plug wcard rp3 igb $second || return 1
	to_nobody || return 1
	same "$(netdevname roles test -j | jq -r '.[] | select(.role == "wrole") | .state')" refused || return 1
	! netdevname roles test > /dev/null || return 1
	netdevname list | grep -q 'by-role/wrole refused: another model' || return 1
	journalctl -b -t netdev-naming --no-pager | grep -q "does not get the name by-role/wrole" || return 1
	netdevname roles accept wrole || return 1
	settle
	led_to "$(netdevname resolve by-mac/$second)" || return 1
	unplug wcard $second
}

is_active() {
	systemctl is-active --quiet "$1"
}

unit_waits_for_a_role() {
	role "Path=$(path_of "$nic")" || return 1
	wait_for is_active 'dev-netdev-by\x2drole-wrole.device'
}

# What happens while udevd is away is made good when it is there again.
udevd_comes_back() {
	ip link add wlost0 type dummy && settle || return 1
	systemctl stop "${sockets[@]}" systemd-udevd || return 1
	ip link set dev wlost0 name wlost1 || return 1
	systemctl start "${sockets[@]}" systemd-udevd || return 1
	wait_for to_node by-name/wlost1 "$(node_of wlost1)" || return 1
	settle
	[ ! -L /dev/netdev/by-name/wlost0 ]
}

plan 10
mapfile -t nics < <(hardware)
nic=${nics[0]} other=${nics[1]}
undo+=("machine del wcard" "ip link del wlost0" "ip link del wlost1" "rm -rf $roles $links/10-w.link $state"
	"systemctl start ${sockets[*]} systemd-udevd" "udevadm control --reload"
	"udevadm trigger --settle --action=change --subsystem-match=netdev_naming")

point "the end of coldplug is noticed" wait_for is_settled
point "an alternative name follows the role to another NIC" follows_an_edit
point "and to a card that is plugged in, and back" follows_a_card
point "and goes with the role" goes_with_the_role
point "it makes room for a NIC that udev calls so" makes_room
point "a card of another model does not inherit a role until it is accepted" another_model_is_refused
point "a unit can wait for a role" unit_waits_for_a_role
point "events that were lost while udevd was away are made good" udevd_comes_back
rm -rf $roles
udevadm trigger --settle --action=change --subsystem-match=netdev_naming
point "at the end nobody has the role" to_nobody
links "everything is as it was"
ktap_finished
