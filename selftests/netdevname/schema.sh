#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the commands of netdevname print under --json is what the installed schemas say.

. "$(dirname "$0")/naming.sh"

schemas=/usr/share/waymark/schema
work=/run/schema-test

# fits SCHEMA [--lines] < OUTPUT
fits() {
	touch "$work/used-$1"
	python3 -IS "$here/schema.py" "$schemas/$1.json" "${@:2}"
}

# prints SCHEMA STATUS ARGUMENT...: netdevname -j ARGUMENT... has that status and fits.
prints() {
	local got=0
	netdevname -j "${@:3}" > $work/out 2> $work/err || got=$?
	[ $got = "$2" ] || { echo "netdevname ${*:3}: status $got"; cat $work/err; return 1; }
	fits "$1" < $work/out
}

# The judge itself can say no.
wrong_output_is_refused() {
	echo '[{"argument": "x", "name": "eth0"}]' | fits netdevname-resolve > $work/out && return 1
	echo '[{"argument": "x", "error": "y", "more": 1}]' | fits netdevname-resolve > $work/out && return 1
	echo '[' | fits netdevname-resolve > $work/out && return 1
	: | fits netdevname-monitor --lines > $work/out && return 1
	echo '[{"argument": "x", "error": "y"}]' | fits netdevname-resolve
}

infos() {
	local name
	for name in lo "$nic" schema0; do
		prints netdevname-info 0 info "$name" || return 1
	done
}

# Pretty output is the same value.
lists() {
	prints netdevname-list 0 list || return 1
	netdevname -p list > $work/pretty
	cmp <(jq -S . $work/out) <(jq -S . $work/pretty)
}

compares() {
	netdevname snapshot -j > $work/now || return 1
	fits netdevname-snapshot < $work/now || return 1
	netdevname snapshot --save $work/kept && fits netdevname-snapshot < $work/kept || return 1
	prints netdevname-compare 0 compare $work/now || return 1
	jq '.nics[0].name = "other0" | .nics[0].links.mac = "52:54:00:00:00:00"' $work/now > $work/before
	prints netdevname-compare 1 compare $work/before $work/now || return 1
	jq '.nics = []' $work/now > $work/none
	prints netdevname-compare 1 compare $work/now $work/none &&
		prints netdevname-compare 0 compare $work/none $work/now
}

roles() {
	mkdir -p $work/roles
	printf '[Match]\nType=ether\n[Role]\nName=many\n' > $work/roles/1.role
	printf '[Match]\nDriver=none\n[Role]\nName=none\n' > $work/roles/2.role
	prints netdevname-roles-test 1 roles test --roles $work/roles || return 1
	prints netdevname-roles-suggest 0 roles suggest
}

altnames() {
	ip link property add dev "$nic" altname by-path-outdated || return 1
	prints netdevname-altnames 0 altnames --dry-run
	local good=$?
	ip link property del dev "$nic" altname by-path-outdated
	return $good
}

# A role that nftables is asked for.
lints() {
	mkdir -p $work/root/etc/netdev-naming/roles.d
	cp $work/roles/1.role $work/root/etc/netdev-naming/roles.d
	echo 'oifname many drop' > $work/root/etc/nftables.conf
	prints netdevname-lint 1 lint --root $work/root &&
		[ "$(jq -r '.[].problem' $work/out)" = never-matches ]
}

has_event() {
	grep -q "\"$1\"" $work/events
}

# Every type of event, and the NICs that are there before them.
events() {
	local pid type
	netdevname monitor -j -s > $work/events &
	pid=$!
	wait_for has_event present || return 1
	ip link property add dev schema0 altname schema-altname
	ip link property del dev schema0 altname schema-altname
	ip link set dev schema0 address 52:54:00:ab:cd:ef
	rename schema0 schema1 || return 1
	ip link set schema1 netns schema
	ip -n schema link set schema1 netns 1
	ip link del schema1
	wait_for has_event unregistered || return 1
	ip link add schema0 type dummy
	wait_for has_event added || return 1
	kill $pid
	wait $pid
	for type in present added renamed altname-added altname-removed address moved returned unregistered; do
		has_event $type || { echo "no event of type $type"; return 1; }
	done
	fits netdevname-monitor --lines < $work/events
}

errors() {
	prints error 1 info no-such-name &&
		prints error 2 list --no-such-option &&
		prints error 1 compare $work/absent &&
		prints error 125 run -- true /dev/netdev/by-mac/none &&
		prints error 127 run -- no-such-command
}

every_schema_was_used() {
	local file name
	for file in "$schemas"/error.json "$schemas"/netdevname-*.json; do
		name=${file##*/}
		[ -e "$work/used-${name%.json}" ] || { echo "no test of ${name%.json}"; return 1; }
	done
}

plan 11
mapfile -t nics < <(hardware)
nic=${nics[0]}
mkdir -p $work
undo+=("rm -rf $work" "ip netns del schema" "ip link del schema0" "ip link del schema1")
ip netns add schema
ip link add schema0 type dummy
settle
point "output that is wrong is refused" wrong_output_is_refused
point "list" lists
point "info" infos
point "resolve" prints netdevname-resolve 1 resolve "$nic" no-such-name "by-name/$nic"
point "monitor" events
point "snapshot and compare" compares
point "roles" roles
point "altnames" altnames
point "lint" lints
point "errors" errors
point "every schema was used" every_schema_was_used
ktap_finished
