#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the module and its rules cost: seconds to create 500 dummy devices and to
# settle, with the module against without it, A B A B in one boot.

export LC_ALL=C
rounds=3
count=500

now() {
	local time=${EPOCHREALTIME/./}
	echo "$time"
}

# measure: microseconds from the first device to the end of udev's work.
measure() {
	local start end i
	start=$(now)
	for ((i = 0; i < count; i++)); do
		echo "link add name settle$i type dummy"
	done | ip -batch - || exit 1
	udevadm settle --timeout=600 || exit 1
	end=$(now)
	echo $((end - start))
	for ((i = 0; i < count; i++)); do
		echo "link del dev settle$i"
	done | ip -batch - || exit 1
	udevadm settle --timeout=600 || exit 1
}

seconds() {
	printf '%d.%06d' $(($1 / 1000000)) $(($1 % 1000000))
}

modprobe dummy numdummies=0 || exit 1
modprobe netdev_naming || exit 1
udevadm settle --timeout=600
measure > /dev/null # udevd starts its workers, caches fill
with=0 without=0
for ((round = 0; round < rounds; round++)); do
	modprobe netdev_naming || exit 1
	udevadm settle --timeout=600
	took=$(measure) || exit 1
	with=$((with + took))
	modprobe -r netdev_naming || exit 1
	udevadm settle --timeout=600
	took=$(measure) || exit 1
	without=$((without + took))
done
modprobe netdev_naming
udevadm settle --timeout=600
printf '{"name":"netdev_naming.settle_500_dummies","value":%s,"unit":"s","reference":"without the module","reference_value":%s}\n' \
	"$(seconds $((with / rounds)))" "$(seconds $((without / rounds)))"
