#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What was installed is what modprobe finds: each module comes from updates/,
# loads and unloads again, and leaves no uevent of ours unprocessed. And DKMS would
# install the same.

dir=$(dirname "$(readlink -f "$0")")
# shellcheck disable=SC1091
. "$dir/../kselftest/ktap_helpers.sh"

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

# Loaded, it would patch; in mode off it only is there.
loader_comes_and_goes() {
	modprobe symbol_index_loader mode=off && [ -d /sys/module/symbol_index_loader ] &&
		unloads symbol_index_loader
}

# What dkms.conf says is built for a kernel of that configuration, sourced as dkms does.
dkms_modules() { # CONFIG
	work=$(mktemp -d)
	printf '%s\n' "$1" > "$work/.config"
	bash -c 'kernelver=$1 kernel_source_dir=$2; . "$3" && for i in "${!BUILT_MODULE_NAME[@]}"; do
			echo "${DEST_MODULE_LOCATION[i]}/${BUILT_MODULE_NAME[i]}.ko"
		done' dkms "$(uname -r)" "$work" "$dir/dkms.conf" | sort
	rm -r "$work"
}

dkms_installs_the_same() {
	(cd "/lib/modules/$(uname -r)" && find updates/waymark -name '*.ko') | sed 's,^,/,' |
		sort > "/tmp/installed.$$"
	dkms_modules CONFIG_LIVEPATCH=y | cmp - "/tmp/installed.$$"
	status=$?
	rm "/tmp/installed.$$"
	return $status
}

dkms_leaves_the_loader_out() {
	dkms_modules '# CONFIG_LIVEPATCH is not set' | grep -q '/symbol_index\.ko$' &&
		! dkms_modules '# CONFIG_LIVEPATCH is not set' | grep -q loader
}

ktap_print_header
ktap_set_plan 18
for module in $modules; do
	ktap_test_result "$module is found in updates" from_updates "$module"
	ktap_test_result "$module is built for this kernel" matches_kernel "$module"
	ktap_test_result "$module loads" loads "$module"
done
ktap_test_result "symbol_index_loader is found in updates" from_updates symbol_index_loader
ktap_test_result "symbol_index_loader is built for this kernel" matches_kernel symbol_index_loader
if [ -d /sys/kernel/livepatch ]; then
	ktap_test_result "symbol_index_loader loads and unloads" loader_comes_and_goes
else
	ktap_test_skip "symbol_index_loader loads: this kernel has no live patching"
fi
ktap_test_result "DKMS installs the same modules" dkms_installs_the_same
ktap_test_result "DKMS leaves the loader out without live patching" dkms_leaves_the_loader_out
udevadm settle
# The one that others build upon goes last.
for module in symbol_index netdev_naming flex_array; do
	[ -d "/sys/module/$module" ] || loads "$module"
	ktap_test_result "$module unloads" unloads "$module"
done
ktap_test_result "udev is idle afterwards" udevadm settle --timeout=60
ktap_finished
