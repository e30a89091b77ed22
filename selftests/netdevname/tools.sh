#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The commands of netdevname, on real NICs.

. "$(dirname "$0")/naming.sh"

state=/var/lib/netdev-naming
roles=/run/netdev-naming/roles.d
bad=/run/bad-files

same() {
	[ "$1" = "$2" ] || { echo "\"$1\" is not \"$2\""; return 1; }
}

# status N COMMAND...: the command's exit status is N.
status() {
	local wanted=$1 got=0
	shift
	"$@" > /dev/null 2>&1 || got=$?
	same "$got" "$wanted"
}

# fails_with STATUS COMMAND...: one line of output, which becomes $complaint.
fails_with() {
	local end=$'\n'"status $1"
	shift
	complaint=$("$@" 2>&1; echo "status $?")
	if [[ $complaint != ?*"$end" || ${complaint%"$end"} == *$'\n'* ]]; then
		echo "$*: $complaint"
		return 1
	fi
	complaint=${complaint%"$end"}
}

fails() {
	fails_with 1 "$@"
}

errors_of() {
	"$@" > /dev/null
}

# complains FILE COMMAND...: status 1 and one line about that file.
complains() {
	local file=$1
	shift
	fails errors_of "$@" || return 1
	[[ $complaint == "netdevname: $file"*": "* ]] || { echo "$*: $complaint"; return 1; }
}

bad_files_are_named() {
	local file
	mkdir -p $bad/roles
	netdevname snapshot -j > $bad/good
	printf '[Match]\nDriver=*\n[Role]\nName=any\n' > $bad/roles/10-any.role
	head -c 200 $bad/good > $bad/cut
	jq '.netdevname_snapshot += 1' $bad/good > $bad/newer
	jq 'del(.nics[0].name)' $bad/good > $bad/nameless
	echo 'no JSON' > $bad/text
	: > $bad/empty
	for file in cut newer nameless text empty absent; do
		complains $bad/$file netdevname compare $bad/$file || return 1
		complains $bad/$file netdevname compare $bad/good $bad/$file || return 1
		complains $bad/$file netdevname roles suggest $bad/$file || return 1
		complains $bad/$file netdevname roles test --roles $bad/roles -q $bad/$file || return 1
	done
	printf '[Match]\nColour=red\n' > $bad/roles/20-bad.role
	netdevname roles test --roles $bad/roles -q $bad/good 2>&1 |
		grep -qx "netdevname: $bad/roles/20-bad.role:2: unknown key Colour= in \[Match\]" || return 1
	complains $bad/absent netdevname roles test --roles $bad/absent $bad/good
}

# roles_say TEXT: a policy with that file beside a good one is bad, and why is one line.
roles_say() {
	local out
	cat > $bad/roles/20-bad.role
	out=$(netdevname roles test --roles $bad/roles -q $bad/good 2>&1 > /dev/null) && return 1
	same "$out" "netdevname: $bad/roles/20-bad.role$1"
}

bad_roles_are_named() {
	rm -f $bad/roles/*
	printf '[Match]\nDriver=*\n[Role]\nName=any\n' > $bad/roles/10-any.role
	roles_say ': the role any is already in '"$bad/roles/10-any.role" < $bad/roles/10-any.role || return 1
	roles_say ':5: unknown key Color= in [Role]' <<< $'[Match]\nDriver=x\n[Role]\nName=y\nColor=red' || return 1
	{
		echo '[Match]'
		printf 'Driver=nothing* *\n%.0s' {1..9996}
		printf '[Role]\nName=long\nColor=red\n'
	} > $bad/long
	roles_say ':10000: unknown key Color= in [Role]' < $bad/long || return 1
	rm $bad/roles/10-any.role
	sed '$d' $bad/long > $bad/roles/20-bad.role
	netdevname roles test --roles $bad/roles -j $bad/good > /run/monitor.out
	same "$(jq -r '.[] | select(.role == "long") | .state' /run/monitor.out)" ambiguous || return 1
	printf '[Match]\nDriver=nothing*\n[Role]\nName=none\n' > $bad/roles/20-bad.role
	status 1 netdevname roles test --roles $bad/roles $bad/good || return 1
	same "$(netdevname roles test --roles $bad/roles -j $bad/good | jq -r '.[].state')" missing
}

info_agrees() {
	local info driver
	info=$(netdevname info -j "by-path/$path") || return 1
	driver=$(readlink "/sys/class/net/$nic/device/driver")
	same "$(jq -r '.name, .address, .permanent_address, .ifindex, .driver' <<< "$info")" \
		"$nic"$'\n'"$(< "/sys/class/net/$nic/address")"$'\n'"$mac"$'\n'"${node#if}"$'\n'"${driver##*/}"
}

# lines_with TEXT FILE NUMBER: so many lines of it, or more, contain that text.
lines_with() {
	local line count=0
	while read -r line; do
		[[ $line != *"$1"* ]] || ((++count))
	done < "$2"
	[ "$count" -ge "$3" ]
}

monitor_sees_renames() {
	local out=/run/monitor.out pid
	netdevname monitor -j -s > $out &
	pid=$!
	wait_for lines_with '"present"' $out 1
	rename "$nic" watched0 && rename watched0 "$nic"
	wait_for lines_with '"renamed"' $out 2
	kill $pid
	wait $pid
	same "$(jq -rs --arg nic "$nic" '[.[] | select(.type == "renamed") | .old_name + ">" + .name] | join(" ")' $out)" \
		"$nic>watched0 watched0>$nic"
}

has_handle() {
	[ -n "$(find "/proc/$1/fd" -lname '*netdev_naming*' -print -quit)" ]
}

monitor_ends_with_the_nic() {
	local pid out
	ip link add gone0 type dummy || return 1
	settle
	netdevname monitor gone0 > /run/monitor.out 2>&1 &
	pid=$!
	wait_for has_handle $pid || echo "monitor opened nothing"
	ip link del gone0
	wait $pid && return 1
	out=$(cat /run/monitor.out)
	[[ $out == *unregistered* && $out == *"is gone"* ]] || { echo "$out"; return 1; }
}

run_replaces() {
	same "$(netdevname run -- echo "/dev/netdev/by-path/$path" "dev=/dev/netdev/by-mac/$mac,x" /dev/null)" \
		"$nic dev=$nic,x /dev/null" &&
		status 7 netdevname run -- sh -c 'exit 7' &&
		status 127 netdevname run -- /no/such/command &&
		status 125 netdevname run -- true /dev/netdev/by-mac/none &&
		netdevname run -- ip link show "/dev/netdev/by-path/$path" > /dev/null
}

# says_why PATH NAME: $complaint is that of a name that is not plain.
says_why() {
	same "$complaint" "netdevname: $1: the NIC is called \"$2\", which a command can mistake for something else"
}

# The owner of a network namespace names the NICs in it: one argument stays one.
run_refuses_names_that_are_not_plain() {
	local name path=/dev/netdev/$plain
	wait_for test -e "$path" || return 1
	# shellcheck disable=SC2016
	for name in -x --help e,script=x a=b 'a*' '$x' 'a;b' 7 any eth+ a@b; do
		ip link set dev "$plain" name "$name" || { echo "it cannot be called $name"; return 1; }
		fails_with 125 netdevname run -- echo "$path" && says_why "$path" "$name" &&
			fails_with 125 netdevname run -- echo "dev=$path,x" && says_why "$path" "$name" &&
			fails netdevname resolve "$path" && says_why "$path" "$name" &&
			same "$(netdevname resolve -j "$path" | jq -r '.[0].name')" "$name" || return 1
	done
	ip link set dev "$plain" name plain1 && same "$(netdevname run -- echo "$path")" plain1
}

role_given() {
	mkdir -p $roles
	printf '[Match]\nPath=%s\n[Role]\nName=wuplink\nAlternativeName=yes\n' "$path" > $roles/10-w.role
	udevadm trigger --action=change "/dev/netdev/$node"
	settle
	to_node by-role/wuplink "$node" && ip link show wuplink > /dev/null &&
		same "$(netdevname resolve wuplink)" "$nic"
}

role_ambiguous() {
	local first
	first=$(first_in_bus_order)
	printf '[Match]\nType=ether\n[Role]\nName=wmany\n' > $roles/20-w.role
	udevadm trigger --action=change --subsystem-match=netdev_naming
	settle
	to_node by-role/wmany "$(node_of "$first")" && to_node by-role/wuplink "$node" &&
		status 1 netdevname roles test &&
		same "$(netdevname roles test -j | jq -r '.[] | select(.role == "wmany") | .nic')" "$first"
}

# All NICs of the machine are on PCI; sysfs paths of one bus level sort by slot.
first_in_bus_order() {
	local first
	read -r first < <(cd /sys/class/net && hardware | xargs readlink -f -- | sort)
	echo "${first##*/}"
}

# A card that [Match] wants, while a NIC of the machine is only what [Fallback] takes.
role_falls_back() {
	local name
	printf '[Match]\nPermanentMACAddress=%s\n[Fallback]\nPath=%s\n[Role]\nName=wspare\n' \
		"$spare" "$path" > $roles/30-w.role
	udevadm trigger --action=change --subsystem-match=netdev_naming
	settle
	to_node by-role/wspare "$node" || return 1
	machine add spare virtio-net-pci rp3 "mac=$spare" || return 1
	wait_for nics_with "$spare" 1 || { echo "the card did not come"; return 1; }
	settle
	name=$(netdevname resolve "by-mac/$spare") || return 1
	same "$(netdevname resolve by-role/wspare)" "$name" || return 1
	same "$(netdevname roles test -j | jq -r '.[] | select(.role == "wspare") | .state + " " + .nic')" \
		"ok $name" || return 1
	machine del spare || return 1
	settle
	to_node by-role/wspare "$node"
}

role_survives_rename() {
	rename "$nic" other0 || return 1
	settle
	same "$(netdevname resolve by-role/wuplink)" other0 || return 1
	rename other0 "$nic" || return 1
	settle
	to_node by-role/wuplink "$node"
}

# One NIC after the other gives its claims up: udev 247 may leave a link behind
# whose claimants do so within one tick of the clock.
role_gone() {
	local node
	rm -rf $roles
	for node in /sys/class/netdev_naming/*; do
		echo change > "$node/uevent"
		settle
	done
	! compgen -G '/dev/netdev/by-role/w*' && ! ip link show wuplink 2> /dev/null
}

former_name() {
	netdevname snapshot --save || return 1
	status 0 netdevname compare || return 1
	rename "$nic" upgraded0 || return 1
	settle
	status 1 netdevname compare || return 1
	same "$(netdevname compare -j | jq -r '.nics[] | select(.name == "upgraded0") | .changes[0].before')" \
		"$nic" || return 1
	netdevname snapshot --save || return 1
	settle
	to_node "by-former/$nic" "$node" && same "$(netdevname resolve "by-former/$nic")" upgraded0 &&
		ip link show "$nic" > /dev/null
}

former_name_gone() {
	ip link property del dev upgraded0 altname "$nic" || return 1
	ip link set dev upgraded0 name "$nic" || return 1
	rm -rf $state
	settle
	udevadm trigger --action=change "/dev/netdev/$node"
	settle
	[ ! -L "/dev/netdev/by-former/$nic" ]
}

# As they do it at boot, and when a kernel is installed.
unit_and_hook_keep_a_snapshot() {
	rm -rf $state
	systemctl start netdev-naming-snapshot.service || return 1
	same "$(jq -r --arg nic "$nic" '.nics[] | select(.name == $nic) | .mac' $state/snapshot.json)" "$mac" ||
		return 1
	rm -f $state/snapshot.json
	/etc/kernel/postinst.d/waymark-netdevname "$(uname -r)" || return 1
	status 0 netdevname compare || return 1
	rm -rf $state
}

altnames_mirrored() {
	netdevname altnames --sync > /run/altnames.out || return 1
	ip link show "by-path-$path" > /dev/null && ip link show "by-mac-$mac" > /dev/null || return 1
	same "$(netdevname altnames --sync)" "" || return 1
	same "$(netdevname resolve "by-mac-$mac")" "$nic" || return 1
	ip link property add dev "$nic" altname by-design0
	same "$(netdevname altnames --sync)" "" || return 1
	ip link show by-design0 > /dev/null || return 1
	netdevname altnames --remove | grep -qx "$nic: remove by-path-$path" || return 1
	ip link show by-design0 > /dev/null || return 1
	ip link property del dev "$nic" altname by-design0
	! ip link show "by-path-$path" 2> /dev/null
}

# One that does not fit where kernel names do.
long_altname() {
	local name=averylongalternativename-0123456789 long
	printf -v long 'longest-%0119d' 0
	ip_batch <<-END || return 1
		link property add dev $nic altname $name
		link property add dev $nic altname $long
	END
	same "$(netdevname list -j | jq -r --arg nic "$nic" '.[] | select(.name == $nic) | .altnames[]' |
		grep -cxe $name -e "$long")" 2 || return 1
	same "$(netdevname resolve $name "$long" "by-name/$nic")" "$nic"$'\n'"$nic"$'\n'"$nic" || return 1
	same "$(netdevname info -j $name | jq -r .name)" "$nic" || return 1
	ip_batch <<-END || return 1
		link property del dev $nic altname $name
		link property del dev $nic altname $long
	END
	fails netdevname resolve $name && same "$complaint" "netdevname: $name: no such name"
}

errors_are_one_line() {
	local name
	status 2 netdevname || return 1
	status 2 netdevname list --none || return 1
	fails netdevname resolve by-mac/none || return 1
	same "$complaint" "netdevname: by-mac/none: no such name" || return 1
	same "$(netdevname resolve /dev/null 2>&1)" "netdevname: /dev/null: not the node of a network device" || return 1
	same "$(netdevname resolve -j by-mac/none 2> /dev/null | jq -r '.[0].error')" "no such name" || return 1
	for name in a/b 'a b' 'per%cent' '%d' 'quo"te' .. by-mac '' $'new\nline' $'\377' "$(printf %0300d 0)"; do
		fails netdevname resolve "$name" || return 1
		status 1 netdevname info "$name" || return 1
	done
}

plan 19
spare=52:54:00:ab:00:01
mapfile -t nics < <(hardware)
nic=${nics[0]} node=$(node_of "${nics[0]}")
path=$(udevadm info -q property --property=ID_PATH --value "/sys/class/net/$nic" 2> /dev/null ||
	sed -n 's/^E:ID_PATH=//p' "/run/udev/data/n${node#if}")
mac=$(ethtool -P "$nic")
mac=${mac##* }
undo+=("machine del spare" "rm -rf $roles $state $bad /run/monitor.out /run/altnames.out")

point "errors are one line and have a status" errors_are_one_line
point "a bad snapshot or role file is named in one line" bad_files_are_named
point "and a role file that is a duplicate, that is 10,000 lines long or that fits nothing" bad_roles_are_named
point "info agrees with sysfs and ethtool" info_agrees
point "monitor shows what is there and then each rename" monitor_sees_renames
point "monitor of one NIC ends with it" monitor_ends_with_the_nic
point "run replaces paths and returns the status" run_replaces
ip link add plain0 type dummy
# By the index: its name changes.
plain=$(node_of plain0)
undo+=("ip link del $plain")
point "run hands over no name that a command can mistake" run_refuses_names_that_are_not_plain
ip link del "$plain"
point "a role file gives a link and an alternative name" role_given
point "of several claimants the first in bus order has the role" role_ambiguous
point "a role goes to the card it prefers, and back" role_falls_back
point "the role follows a rename" role_survives_rename
point "without the file the role is gone" role_gone
point "after an upgrade the former name still works" former_name
point "the name comes back, the former one is gone" former_name_gone
point "the boot unit and the kernel package's hook keep a snapshot" unit_and_hook_keep_a_snapshot
point "altnames --sync mirrors the links, and leaves an administrator's names alone" altnames_mirrored
point "an alternative name may be as long as the kernel allows" long_altname
links "everything is as it was"
ktap_finished
