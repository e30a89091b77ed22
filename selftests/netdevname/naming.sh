# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Sourced by the tests of this folder: points, the oracle and NICs to play with.

here=$(cd "$(dirname "$0")" && pwd)
# shellcheck source=/dev/null
. "$here/../kselftest/ktap_helpers.sh"
# shellcheck source=selftests/lib/nap.sh
. "$here/nap.sh"
export LC_ALL=C
trap finish EXIT

plan() {
	planned=$1
	ktap_print_header
	ktap_set_plan "$planned"
	[ -e /dev/netdev/control ] || modprobe netdev_naming ||
		ktap_exit_fail_msg "netdev_naming does not load"
	settle
}

# Seconds after which something will not come any more: a guest that is emulated beside
# builds has a third of a processor.
patience=300

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
	[ ${#undo[@]} -gt 0 ] || return
	for ((i = ${#undo[@]} - 1; i >= 0; i--)); do
		eval "${undo[i]}" > /dev/null 2>&1
	done
	udevadm settle "--timeout=$patience"
}

settle() {
	udevadm settle "--timeout=$patience" || echo "# udevadm settle did not end"
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
	start_oracle
	settle
	point "$1" oracle
}

# One for all questions of a test: to start Python takes longer than an answer. The
# descriptors of a coprocess are closed in subshells, copies of them are not.
start_oracle() {
	[ -z "$question" ] || return 0
	trap '' PIPE
	coproc ORACLE { exec python3 -IS "$here/oracle.py" - 2>&1; }
	exec {question}>&"${ORACLE[1]}" {answer}<&"${ORACLE[0]}"
}

oracle() {
	local line
	start_oracle
	{ echo >&"$question"; } 2> /dev/null || { echo "the oracle is gone"; return 1; }
	while read -r -u "$answer" line; do
		case $line in
		right) return 0 ;;
		wrong) return 1 ;;
		*) echo "$line" ;;
		esac
	done
	echo "the oracle does not answer"
	return 1
}

# NICs on PCI, in the order of their kernel names.
hardware() (
	for dir in /sys/class/net/*; do
		[ -e "$dir/device" ] || continue
		cd -P "$dir" || continue
		[[ $PWD == /sys/devices/virtual/* ]] || echo "${dir##*/}"
	done
)

# nics_with MAC NUMBER: so many NICs have that address.
nics_with() {
	local file address count=0
	for file in /sys/class/net/*/address; do
		address=
		{ read -r address < "$file"; } 2> /dev/null
		[ "${address,,}" != "$1" ] || ((++count))
	done
	[ "$count" = "$2" ]
}

# to_node LINK NODE: the link below /dev/netdev leads there.
to_node() {
	[ "/dev/netdev/$1" -ef "/dev/netdev/$2" ] || {
		echo "$1 leads to $(readlink -f "/dev/netdev/$1"), not to $2"
		return 1
	}
}

node_of() {
	echo "if$(< "/sys/class/net/$1/ifindex")"
}

# Commands of ip from standard input, all of them, whatever becomes of the others.
ip_batch() {
	ip -force -batch -
}

# rename OLD NEW: udev may have made NEW an alternative name of the NIC meanwhile, and
# older kernels rename nothing to an alternative name, not even to the NIC's own.
rename() {
	local ifindex said
	settle
	ifindex=$(< "/sys/class/net/$1/ifindex") || return 1
	said=$(ip_batch 2>&1 <<-END
		link property del dev $1 altname $2
		link set dev $1 name $2
	END
	)
	if [ ! -e "/sys/class/net/$2" ] || [ "$(< "/sys/class/net/$2/ifindex")" != "$ifindex" ]; then
		echo "$said"
		return 1
	fi
}

# wait_for COMMAND...: until the command succeeds.
wait_for() {
	local end=$((SECONDS + patience))
	until "$@"; do
		[ $SECONDS -lt $end ] || { echo "not within $patience s: $*"; return 1; }
		nap 0.1
	done
}
