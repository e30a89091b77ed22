#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What the module and its rules cost: seconds to create 500 dummy devices and to
# settle, with the module against without it, A B A B in one boot. Each new device
# waits for grace periods of RCU, and udev works meanwhile; the figure "expedited"
# is without these waits, so that the work is what takes the time.

export LC_ALL=C
rounds=2
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

# compare NAME: the figure of one setting.
compare() {
	local round took with=0 without=0

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
	printf '{"name":"%s","value":%s,"unit":"s","reference":"without the module","reference_value":%s}\n' \
		"$1" "$(seconds $((with / rounds)))" "$(seconds $((without / rounds)))"
}

modprobe dummy numdummies=0 || exit 1
modprobe netdev_naming || exit 1
udevadm settle --timeout=600
measure > /dev/null # udevd starts its workers, caches fill
compare netdev_naming.settle_500_dummies
expedited=/sys/kernel/rcu_expedited
before=$(cat $expedited)
echo 1 > $expedited
compare netdev_naming.settle_500_dummies.expedited
echo "$before" > $expedited
modprobe netdev_naming
udevadm settle --timeout=600
