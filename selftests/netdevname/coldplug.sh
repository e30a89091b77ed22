#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What udev's coldplug made of the NICs that were there at boot. Nothing has been
# triggered or renamed by a test yet, if this is the first one of a boot.

. "$(dirname "$0")/naming.sh"

loaded_at_boot() {
	local found
	found=$(systemctl show -p ActiveState --value systemd-modules-load)
	[ "$found" = active ] || { echo "systemd-modules-load is $found"; return 1; }
	grep -qx netdev_naming /usr/lib/modules-load.d/netdev-naming.conf
}

readable_by_all() {
	local node mode
	while read -r mode node; do
		[ "$mode" = 444 ] || { echo "$node has mode $mode"; return 1; }
	done < <(stat -c '%a %n' /dev/netdev/if* || echo "stat failed")
}

each_kind_is_there() {
	local kind
	for kind in name path port mac label onboard id; do
		compgen -G "/dev/netdev/by-$kind/*" > /dev/null || { echo "no link by-$kind"; return 1; }
	done
}

label_with_a_space() {
	to_node 'by-label/Management\x20LAN' "$(node_of "$(netdevname resolve 'by-label/Management\x20LAN')")"
}

resolves_all() {
	local links names i
	mapfile -t links < <(find /dev/netdev -type l)
	names=$(netdevname resolve "${links[@]}") || { echo "$names"; return 1; }
	mapfile -t names <<< "$names"
	[ "${#names[@]}" = "${#links[@]}" ] || return 1
	for i in "${!links[@]}"; do
		[ "/dev/netdev/if$(< "/sys/class/net/${names[i]}/ifindex")" -ef "${links[i]}" ] || {
			echo "${links[i]} resolves to ${names[i]}"
			return 1
		}
	done
}

lists_all() {
	local found wanted list
	list=$(netdevname list -j) || return 1
	found=$(jq -r '.[] | .links[]' <<< "$list" | sort)
	wanted=$(find /dev/netdev -type l -printf '%P\n' | sort)
	[ "$found" = "$wanted" ] || { diff <(echo "$wanted") <(echo "$found"); return 1; }
	wanted=$(find /sys/class/net -type l)
	mapfile -t wanted <<< "$wanted"
	[ "$(jq length <<< "$list")" = "${#wanted[@]}" ]
}

plan 7
links "every link is right after the boot"
point "the module is loaded before coldplug" loaded_at_boot
point "the machine has links of every kind" each_kind_is_there
point "nodes are readable by everybody and writable by nobody" readable_by_all
point "a label with a space is escaped" label_with_a_space
point "netdevname resolve agrees with every link" resolves_all
point "netdevname list shows every NIC and every link" lists_all
ktap_finished
