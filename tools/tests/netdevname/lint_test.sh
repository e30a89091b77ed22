#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# netdevname lint on files of a machine that does not run.
# usage: lint_test.sh NETDEVNAME

netdevname=$1
failed=0
root=$(realpath "$(mktemp -d)") || exit 1
trap 'rm -rf "$root"' EXIT

complain() { echo "FAIL: $*"; failed=1; }

# says STATUS TEXT ARGUMENT...: all that it prints, on both outputs.
says() {
	local got=0 out
	out=$("$netdevname" lint --root "$root/" "${@:3}" 2>&1) || got=$?
	[ "$got" = "$1" ] || complain "status $got, not $1"
	[ "$out" = "$2" ] || complain "$(diff <(echo "$2") <(echo "$out"))"
}

says 0 ""
says 0 "[]" -j

mkdir -p "$root"/etc/{netdev-naming/roles.d,sysctl.d,systemd/{network,system/a.service.d}}
printf '[Match]\nDriver=e1000\n[Role]\nName=uplink\n' > "$root/etc/netdev-naming/roles.d/1.role"
says 0 ""

printf 'table inet t {\n chain c {\n  iifname "uplink" accept\n  iif uplink drop\n }\n}\n' > "$root/etc/nftables.conf"
printf 'net.ipv4.conf.uplink.rp_filter=1\n' > "$root/etc/sysctl.d/1.conf"
ln -s 1.conf "$root/etc/sysctl.d/0-link.conf"
printf '[Unit]\nAfter=dev-netdev-by\\x2drole-downlink.device\n' > "$root/etc/systemd/system/a.service.d/1.conf"
printf '[Match]\nOriginalName=*\n[Link]\nName=eth5\n' > "$root/etc/systemd/network/1.link"
printf '[Match]\nDriver=e1000\n[Role]\nName=eth5\n' > "$root/etc/netdev-naming/roles.d/2.role"
says 1 "/etc/netdev-naming/roles.d/2.role: eth5 is a name that the kernel or udev can give to any NIC
/etc/netdev-naming/roles.d/2.role: eth5 is also the name that /etc/systemd/network/1.link:4 gives to a NIC
/etc/nftables.conf:3: uplink is a role (/etc/netdev-naming/roles.d/1.role), and nftables compares kernel names: the rule never matches
/etc/nftables.conf:4: uplink is a role (/etc/netdev-naming/roles.d/1.role), and nftables looks for a kernel name: the file does not load
/etc/sysctl.d/1.conf:1: uplink is a role (/etc/netdev-naming/roles.d/1.role), and sysctl knows only kernel names: the setting takes no effect
/etc/systemd/system/a.service.d/1.conf:2: no role file gives by-role/downlink: the unit waits in vain"

rm -r "$root"/etc/{nftables.conf,sysctl.d,systemd,netdev-naming/roles.d/2.role}
mkdir "$root/etc/nftables.conf"
says 1 "netdevname: $root/etc/nftables.conf: Is a directory"
rm -r "$root/etc/nftables.conf"
echo nonsense > "$root/etc/netdev-naming/roles.d/3.role"
says 1 "netdevname: $root/etc/netdev-naming/roles.d/3.role:1: neither a section nor KEY=VALUE"

got=0
"$netdevname" lint --root "$root/none" > /dev/null 2>&1 || got=$?
[ $got = 2 ] || complain "a directory that is not there: status $got"
exit $failed
