#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# netdevname run: the command takes the place of netdevname, signals and all.
# usage: run_test.sh NETDEVNAME

netdevname=$1
failed=0
dir=$(mktemp -d) || exit 1
trap 'rm -rf "$dir"' EXIT

complain() { echo "FAIL: $*"; failed=1; }

# status N COMMAND...: its status is N, and with a status of run's own it says why in one line.
status() {
	local wanted=$1 got=0
	shift
	"$@" > /dev/null 2> "$dir/err" || got=$?
	[ "$got" = "$wanted" ] || complain "$*: status $got, not $wanted: $(< "$dir/err")"
	case $wanted in
	12[567])
		[[ $(wc -l < "$dir/err") == 1 && $(< "$dir/err") == netdevname:\ *:\ * ]] ||
			complain "$*: $(< "$dir/err")"
		;;
	esac
}

status 0 "$netdevname" run -- true
status 7 "$netdevname" run -- sh -c 'exit 7'
status 143 "$netdevname" run -- sh -c 'kill -TERM $$'
status 127 "$netdevname" run -- /no/such/command
status 127 "$netdevname" run -- no-such-command
status 126 "$netdevname" run -- /
status 125 "$netdevname" run -- true /dev/netdev/by-mac/none
status 125 "$netdevname" run -- true x=/dev/netdev/by-mac/none,y
status 2 "$netdevname" run

# One process: who signals it signals the command, and cannot leave the command behind.
"$netdevname" run -- sh -c 'echo $$' > "$dir/pid" &
wait $!
[ "$(< "$dir/pid")" = $! ] || complain "the command is process $(< "$dir/pid"), not $!"

# What the caller ignores, the command ignores: nohup(1) sets HUP, a shell's "&" the others.
for signal in HUP INT QUIT TERM PIPE; do
	out=$(trap '' "$signal"; "$netdevname" run -- sh -c "kill -$signal \$\$; echo alive")
	[ "$out" = alive ] || complain "SIG$signal is ignored by the caller, and ends the command"
	out=$("$netdevname" run -- sh -c "kill -$signal \$\$; echo alive" 2> /dev/null)
	[ "$out" = "" ] || complain "SIG$signal does not end the command"
done

# No descriptor of netdevname's own is open in it: only those that we have ourselves.
out=$("$netdevname" run -- sh -c 'cd /proc/$$/fd && echo *')
own=$(sh -c 'cd /proc/$$/fd && echo *')
[ "$out" = "$own" ] || complain "descriptors of the command: $out, ours: $own"
exit $failed
