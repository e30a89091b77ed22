#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The rules as text, and what they do with events that lie.

. "$(dirname "$0")/naming.sh"

rules=/usr/lib/udev/rules.d
label_rules=/run/udev/rules.d/78-label.rules

verified() {
	udevadm verify --no-style "$rules"/*netdev-naming*.rules 2>&1 ||
		udevadm verify "$rules"/*netdev-naming*.rules
}

# Between the rule's look at "announce" and its write, a test can have unloaded the module:
# then the file is gone, or goes while it is open. Each systemd has its own words for it.
no_complaint() {
	! journalctl -b -u systemd-udevd --no-pager | grep -E "[0-9]-netdev-naming|netdev-naming-id" |
		grep -Ev "announce.*, ignoring: No such (file or directory|device)$"
}

# test_event DEVPATH PROPERTY=VALUE...: what udev would do, without doing it.
no_fork_for_virtual() {
	! udevadm test --action=add "/sys/class/netdev_naming/$(node_of wrules)" 2>&1 | grep "netdev-naming-id"
}

import_fails_without_a_node() {
	! env IFINDEX=999999 INTERFACE=eth0 /usr/lib/udev/netdev-naming-id import 2> /dev/null
}

import_fails_for_another_name() {
	! env "IFINDEX=${node#if}" INTERFACE=other /usr/lib/udev/netdev-naming-id import 2> /dev/null
}

# What the network device's own event found out; of this event's nothing is taken.
import_prints_only_keys() {
	env "IFINDEX=${node#if}" "INTERFACE=$nic" "ID_NET_LABEL_ONBOARD=$(printf 'a\nSYMLINK=b')" \
		/usr/lib/udev/netdev-naming-id import > /run/rules.out || return 1
	! grep -v '^NETDEV_NAMING_[A-Z_0-9]*=[][A-Za-z0-9#+.:=@_\\ -]*$' /run/rules.out &&
		! grep SYMLINK /run/rules.out
}

# label_link LABEL: what becomes of a label of the firmware; LABEL has C's escape sequences.
label_link() {
	printf 'SUBSYSTEM=="net", ENV{IFINDEX}=="%s", OPTIONS+="string_escape=none", ENV{ID_NET_LABEL_ONBOARD}=e"%s"\n' \
		"${node#if}" "$1" > $label_rules
	udevadm control --reload
	udevadm trigger --settle --action=change "/sys/class/net/$nic"
	env "IFINDEX=${node#if}" "INTERFACE=$nic" /usr/lib/udev/netdev-naming-id import |
		sed -n 's/^NETDEV_NAMING_LABEL=//p'
}

# becomes LABEL NAME
becomes() {
	local name
	name=$(label_link "$1")
	[ "$name" = "$2" ] && return
	printf 'label %q became %q, not %q\n' "$1" "$name" "$2"
	udevadm info --query=property "/sys/class/net/$nic" | grep LABEL
	return 1
}

bad_labels_give_no_bad_link() {
	local firmware
	firmware=$(udevadm info --query=property "/sys/class/net/$nic" | sed -n 's/^ID_NET_LABEL_ONBOARD=//p')
	label_link 'Up\alink\t1' > /dev/null
	if udevadm info --query=property "/sys/class/net/$nic" | grep -q $'=Up\alink\t1$'; then
		becomes 'Up\alink\t1' 'Up\x07link\x091' || return 1
	else
		# systemd 262 refuses a property with control characters; the old one stays.
		becomes 'Up\alink\t1' "${firmware// /\\x20}" || return 1
	fi
	becomes ../sda '..\x2fsda' || return 1
	becomes "$(printf %0300d 0)" '' || return 1
	rm -f $label_rules
	udevadm control --reload
	udevadm trigger --settle --action=change "/sys/class/net/$nic" "/dev/netdev/$node"
}

links_survive_a_stale_event() {
	# The kernel refuses to send a false path, so the rules get one by a rename
	# that comes while udev is stopped.
	local before after
	before=$(find /dev/netdev -type l ! -path '*/by-name/*' -printf '%P %l\n' | sort)
	udevadm control --stop-exec-queue
	ip_batch <<-END
		link set dev $nic name stale0
		link set dev stale0 name stale1
		link set dev stale1 name $nic
	END
	udevadm control --start-exec-queue
	settle
	after=$(find /dev/netdev -type l ! -path '*/by-name/*' -printf '%P %l\n' | sort)
	[ "$before" = "$after" ] || { diff <(echo "$before") <(echo "$after"); return 1; }
}

plan 9
mapfile -t nics < <(hardware)
nic=${nics[0]}
node=$(node_of "$nic")
undo+=("ip link del wrules" "rm -f /run/rules.out $label_rules; udevadm control --reload")
mkdir -p "${label_rules%/*}"
ip link add wrules type dummy
settle
if udevadm verify --help > /dev/null 2>&1; then
	point "udevadm verify accepts the rules" verified
else
	ktap_test_skip "this udevadm has no verify"
fi
point "a virtual device costs no process" no_fork_for_virtual
point "the helper fails for a node that is gone" import_fails_without_a_node
point "the helper fails for a name that is out of date" import_fails_for_another_name
point "the helper prints keys and harmless values only" import_prints_only_keys
point "labels with control characters are escaped, of 300 characters left out" bad_labels_give_no_bad_link
point "stale events leave the links of the hardware alone" links_survive_a_stale_event
links "and everything is right afterwards"
point "udevd had nothing to complain about" no_complaint
ktap_finished
