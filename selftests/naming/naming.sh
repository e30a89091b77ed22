# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Sourced by the tests of this folder: points, the oracle and NICs to play with.

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/../kselftest/ktap_helpers.sh"
export LC_ALL=C
trap finish EXIT

plan() {
	planned=$1
	ktap_print_header
	ktap_set_plan "$planned"
	modprobe netdev_naming || ktap_exit_fail_msg "netdev_naming does not load"
	settle
}

# sized LONG SHORT: how often, in the forms of the tests that take hours and else.
sized() {
	if [ -n "$WAYMARK_LONG" ]; then
		echo "$1"
	else
		echo "$2"
	fi
}

# Undoes what the test registered, the latest first, whatever happened.
undo=()
finish() {
	local i
	for ((i = ${#undo[@]} - 1; i >= 0; i--)); do
		eval "${undo[i]}" > /dev/null 2>&1
	done
	udevadm settle --timeout=180
}

settle() {
	udevadm settle --timeout=180 || echo "# udevadm settle did not end"
}

# point DESCRIPTION COMMAND...: one test point; the command's output explains a failure.
point() {
	local text=$1 output
	shift
	if output=$("$@" 2>&1); then
		ktap_test_pass "$text"
	else
		ktap_test_fail "$text"
		while read -r line; do
			echo "# $line"
		done <<< "$output"
	fi
}

# links DESCRIPTION: settle, then every node and every link is right and no other is there.
links() {
	settle
	point "$1" oracle
}

oracle() {
	python3 "$here/oracle.py"
}

# NICs on PCI, in the order of their kernel names.
hardware() {
	local dir
	for dir in /sys/class/net/*; do
		case $(readlink -f "$dir") in
		/sys/devices/virtual/*) ;;
		*) [ -e "$dir/device" ] && echo "${dir##*/}" ;;
		esac
	done
}

# to_node LINK NODE: the link below /dev/netdev leads there.
to_node() {
	local target
	target=$(readlink -f "/dev/netdev/$1")
	[ "$target" = "/dev/netdev/$2" ] || {
		echo "$1 leads to $target, not to $2"
		return 1
	}
}

node_of() {
	echo "if$(cat "/sys/class/net/$1/ifindex")"
}

# rename OLD NEW: udev may have made NEW an alternative name of the NIC meanwhile, and
# older kernels rename nothing to an alternative name, not even to the NIC's own.
rename() {
	settle
	ip link property del dev "$1" altname "$2" 2> /dev/null
	ip link set dev "$1" name "$2"
}

# wait_for SECONDS COMMAND...: until the command succeeds.
wait_for() {
	local end=$((SECONDS + $1))
	shift
	until "$@"; do
		[ $SECONDS -lt $end ] || return 1
		sleep 0.1
	done
}
