#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# From a link to the kernel's name: netdevname resolve against udevadm info, both
# as processes, A B A B in one boot.

export LC_ALL=C
rounds=4
count=50

modprobe netdev_naming || exit 1
udevadm settle --timeout=600
link=$(find /dev/netdev/by-path -type l | head -n 1)
[ -n "$link" ] || exit 1
[ "$(netdevname resolve "$link")" = "$(udevadm info -q property "$link" | sed -n 's/^INTERFACE=//p')" ] || exit 1

# measure COMMAND...: microseconds for all calls.
measure() {
	local start=${EPOCHREALTIME/./} i
	for ((i = 0; i < count; i++)); do
		"$@" > /dev/null || exit 1
	done
	echo $((${EPOCHREALTIME/./} - start))
}

seconds() {
	printf '%d.%06d' $(($1 / 1000000)) $(($1 % 1000000))
}

ours=0 theirs=0
measure netdevname resolve "$link" > /dev/null
measure udevadm info -q property "$link" > /dev/null
for ((round = 0; round < rounds; round++)); do
	took=$(measure netdevname resolve "$link") || exit 1
	ours=$((ours + took))
	took=$(measure udevadm info -q property "$link") || exit 1
	theirs=$((theirs + took))
done
printf '{"name":"netdevname.resolve_vs_udevadm","value":%s,"unit":"s","reference":"udevadm info -q property","reference_value":%s}\n' \
	"$(seconds $((ours / rounds / count)))" "$(seconds $((theirs / rounds / count)))"
