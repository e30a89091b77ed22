#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The tree's own way onto a system: make install, make dkms, make uninstall. It uses the tools
# that packages.sh has built.

. "$(dirname "$0")/lib.sh"

tree=/build/src
in_tree() { make -C $tree --no-print-directory KVER="$KERNEL" TOOLS_BUILD=build/debian "$@"; }

# without FILE WORD COMMAND...: fails, names the package, and has done nothing.
names_what_is_missing() { # FILE PACKAGE TARGET
	local said status
	mv "$1" "$1.away"
	listing > /build/now
	said=$(in_tree "$3" 2>&1)
	status=$?
	same_files now || status=0
	mv "$1.away" "$1"
	echo "$said"
	[ $status != 0 ] && [[ $said == *"apt-get install"*" $2"* ]]
}

readme_names_all() {
	local line package
	line=$(sed -n 's/^\$ sudo apt-get install //p' /src/README.md | sed 's/ \\$//' | head -n 1)
	[ "$line" ] || return 1
	# shellcheck disable=SC2016
	for package in ${line//'linux-headers-$(uname -r)'/linux-headers-$KERNEL}; do
		dpkg-query -W -f '${db:Status-Status}' "$package" | grep -qx installed || { echo "$package"; return 1; }
	done
}

installs() { in_tree install-modules install-tools && modinfo -k "$KERNEL" -F filename netdev_naming | grep updates/waymark; }
is_complete() {
	local path
	for path in /usr/bin/netdevname /usr/lib/udev/rules.d/81-netdev-naming.rules /etc/kernel/postinst.d/waymark-symidx; do
		[ -e $path ] || { echo "$path"; return 1; }
	done
}
write_state() {
	mkdir -p "/lib/firmware/$KERNEL" /var/lib/netdev-naming
	touch "/lib/modules/$KERNEL/symbol_index.bin" /var/lib/netdev-naming/snapshot.json
	ln -sf "/lib/modules/$KERNEL/symbol_index.bin" "/lib/firmware/$KERNEL/symbol_index.bin"
}
hook_forgets() {
	write_state
	mv "/boot/vmlinuz-$KERNEL" /build/vmlinuz 2> /dev/null
	/etc/kernel/postrm.d/waymark-symidx "$KERNEL"
	mv /build/vmlinuz "/boot/vmlinuz-$KERNEL" 2> /dev/null
	[ ! -e "/lib/modules/$KERNEL/symbol_index.bin" ] && [ ! -e "/lib/firmware/$KERNEL" ]
}
dkms_refuses() { fails in_tree dkms; }
stale_files_go() {
	touch /usr/lib/udev/rules.d/80-old-waymark.rules
	echo /usr/lib/udev/rules.d/80-old-waymark.rules >> /var/lib/waymark/installed/tools
	in_tree install-tools && [ ! -e /usr/lib/udev/rules.d/80-old-waymark.rules ]
}
uninstalls_from_elsewhere() {
	write_state
	rm -rf /build/fresh && mkdir /build/fresh &&
		(cd /src && tar -cf - --exclude=./build --exclude=./.git .) | tar -xf - -C /build/fresh
	make -C /build/fresh --no-print-directory uninstall
}
says_nothing_to_do() {
	local said
	said=$(in_tree uninstall 2>&1) && return 1
	echo "$said"
	[[ $said == *"no record"* ]]
}
dkms_works() { in_tree dkms && dkms status -m waymark | grep -q "$KERNEL.*: installed"; }
dkms_source_is_small() {
	(cd /usr/src/waymark-*/ && [ -e modules/netdev_naming/main.c ] &&
		[ -z "$(find . '(' -name .git -o -name selftests -o -name Documentation -o -name '*.o' ')')" ])
}
install_refuses() { fails in_tree install-modules; }

rm -rf $tree/modules/*/*.ko
touch /etc/dkms/no-autoinstall
plan 18
point "README's line to copy names what is here" readme_names_all
point "make tools without cmake names the package" names_what_is_missing /usr/bin/cmake cmake tools
point "make install without kmod names the package, and does nothing" \
	names_what_is_missing "$(readlink -f /usr/sbin)/depmod" kmod install
mkdir -p /lib/firmware
listing > /build/before
point "make modules" in_tree modules
point "make install" installs
point "all of it is there" is_complete
point "a file that is no longer installed goes at the next make install" stale_files_go
point "make dkms is refused beside it" dkms_refuses
point "the removal of a kernel takes its index away" hook_forgets
point "make clean" make -C $tree --no-print-directory KVER="$KERNEL" KDIR=/nowhere clean
point "make uninstall from another tree" uninstalls_from_elsewhere
point "no file is left" same_files before
point "make uninstall without an installation says so" says_nothing_to_do
point "make dkms" dkms_works
point "DKMS has the sources of the modules only" dkms_source_is_small
point "make dkms again" dkms_works
point "make install-modules is refused beside it" install_refuses
in_tree uninstall > /build/point 2>&1
point "make uninstall leaves nothing of DKMS" same_files before
