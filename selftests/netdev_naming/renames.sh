#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Runs the test `renames` without udev, which would take part in each of its
# renames, and with short grace periods, one of which every rename waits for.
# WAYMARK_LONG is set by the forms of the tests that take hours.

export NETDEV_NAMING_RENAMES=${NETDEV_NAMING_RENAMES:-$([ -n "$WAYMARK_LONG" ] && echo 100000 || echo 300)}
# Kernels with PREEMPT_RT let no grace period be expedited once they have booted.
expedited=/sys/kernel/rcu_expedited normal=/sys/kernel/rcu_normal
before=$(< $expedited) only=$(< $normal)
mapfile -t sockets < <(systemctl list-units --all --plain --no-legend 'systemd-udevd*.socket')
sockets=("${sockets[@]%% *}")

restore()
{
	echo "$before" > $expedited
	echo "$only" > $normal
	systemctl start "${sockets[@]}" systemd-udevd.service
	udevadm settle --timeout=180
}

# A module that udev does not know of has no nodes for it to name.
modprobe netdev_naming && udevadm settle --timeout=180
trap restore EXIT
systemctl stop "${sockets[@]}" systemd-udevd.service
echo 1 > $expedited
echo 0 > $normal
"$(dirname "$0")/renames"
