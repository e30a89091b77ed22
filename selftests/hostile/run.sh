#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# A container names a NIC that it owns, and the kernel keeps the name when the container is
# gone and the NIC falls back. `netdevname run` puts names into the arguments of a command,
# for which such a name must never become an option, or more than one word.

# shellcheck source=selftests/netdevname/naming.sh
. "$(dirname "$0")/naming.sh"

# Whether what the command got in place of the path can be nothing but the name of a NIC:
# else the command must not have run.
harmless() {
	local name=$1 before=$2 after=$3 out status=0
	out=$(netdevname run -- printf '%s\n' "$before$node$after" 2> /dev/null) || status=$?
	case $name in
	plain*) [ "$out" = "$before$name$after" ] || { echo "plain name: \"$out\""; return 1; } ;;
	*) [[ -z $out && $status != 0 ]] || { echo "status $status, the command got \"$out\""; return 1; } ;;
	esac
}

# names_are_no_options NAME...: each as a word of its own, and as a part of one.
names_are_no_options() {
	local name
	for name; do
		python3 -IS - "$ifindex" "$name" <<-'END' || return 1
			import fcntl, os, socket, struct, sys
			raw = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
			old = socket.if_indextoname(int(sys.argv[1])).encode()
			new = os.fsencode(sys.argv[2])
			if old != new:
			    fcntl.ioctl(raw, 0x8923, struct.pack("16s16s8x", old, new))
		END
		settle
		if ! harmless "$name" '' '' || ! harmless "$name" 'dev=' ',x'; then
			echo "NIC \"$name\""
			return 1
		fi
	done
}

# What the caller ignores stays ignored: nohup, for one.
ignored_signals_stay_ignored() {
	local signal out
	for signal in INT QUIT HUP; do
		# shellcheck disable=SC2016
		out=$(trap '' $signal; netdevname run -- sh -c 'kill -'$signal' $$; echo alive' "$node")
		[ "$out" = alive ] || { echo "SIG$signal ends the command: \"$out\""; return 1; }
	done
}

# gone PID: no such process, or a dead one.
gone() {
	local state
	state=$(ps -o stat= -p "$1")
	[[ -z $state || $state == Z* ]]
}

nothing_is_orphaned() {
	local pid child
	rm -f /run/hostile.pid
	# shellcheck disable=SC2016
	netdevname run -- sh -c 'echo $$ > /run/hostile.pid.new && mv /run/hostile.pid.new /run/hostile.pid; exec sleep 1000' "$node" &
	pid=$!
	wait_for [ -s /run/hostile.pid ] || return 1
	child=$(< /run/hostile.pid)
	kill -TERM $pid
	wait $pid
	if ! wait_for gone "$child"; then
		kill "$child"
		return 1
	fi
}

# Nothing here takes longer.
# shellcheck disable=SC2034
patience=60
undo+=("ip link del dev plain0" "rm -f /run/hostile.pid /run/hostile.pid.new")
plan 5
ip link add plain0 type dummy
ifindex=$(< /sys/class/net/plain0/ifindex)
node=/dev/netdev/if$ifindex
settle
point "a plain name is put in" names_are_no_options plain0
point "a name that begins with a dash is not" names_are_no_options -x --help -
point "a name that ends a word and begins another is not" names_are_no_options e,script=x a=b 'a,b' 'a;b' 'a*'
names_are_no_options plain0 > /dev/null
point "signals that the caller ignores stay ignored" ignored_signals_stay_ignored
point "SIGTERM leaves no orphan" nothing_is_orphaned
ktap_finished
