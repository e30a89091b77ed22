#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What was installed is what modprobe finds: each module comes from updates/,
# loads and unloads again, and leaves no uevent of ours unprocessed.

# shellcheck disable=SC1091
. "$(dirname "$0")/../kselftest/ktap_helpers.sh"

modules="flex_array netdev_naming symbol_index"

from_updates() {
	case $(modinfo -F filename "$1") in
	*/updates/waymark/"$1".ko) ;;
	*) return 1 ;;
	esac
}

matches_kernel() {
	[ "$(modinfo -F vermagic "$1" | cut -d' ' -f1)" = "$(uname -r)" ]
}

loads() {
	modprobe "$1" && [ -d "/sys/module/$1" ]
}

unloads() {
	modprobe -r "$1" && [ ! -d "/sys/module/$1" ]
}

ktap_print_header
ktap_set_plan 13
for module in $modules; do
	ktap_test_result "$module is found in updates" from_updates "$module"
	ktap_test_result "$module is built for this kernel" matches_kernel "$module"
	ktap_test_result "$module loads" loads "$module"
done
udevadm settle
# The one that others build upon goes last.
for module in symbol_index netdev_naming flex_array; do
	[ -d "/sys/module/$module" ] || loads "$module"
	ktap_test_result "$module unloads" unloads "$module"
done
ktap_test_result "udev is idle afterwards" udevadm settle --timeout=60
ktap_finished
