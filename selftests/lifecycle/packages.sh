#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Debian's packages from the tree: built, judged, installed, upgraded, removed, purged.

. "$(dirname "$0")/lib.sh"

copy_tree() {
	mkdir -p /build/src && cd /src && tar -cf - --exclude=./build --exclude=./.git . | tar -xf - -C /build/src
}

builds() {
	cd /build/src && dpkg-checkbuilddeps || return 1
	DEB_BUILD_OPTIONS="parallel=$(nproc) noautodbgsym" dpkg-buildpackage -us -uc -b > /build/build.log 2>&1 && return
	tail -n 20 /build/build.log
	return 1
}

has_flags() {
	grep -E '/c\+\+ |/cc ' /build/build.log | grep -F -- ' -c ' > /build/compiled
	[ -s /build/compiled ] && ! grep -v -- '-D_FORTIFY_SOURCE=' /build/compiled
}

is_hardened() {
	local file
	for file in /build/src/debian/waymark/usr/bin/* /build/src/debian/libnetdevname1/usr/lib/*/*.so.*; do
		[ -L "$file" ] || readelf -d "$file" | grep -qE 'BIND_NOW|\bNOW\b' || { echo "$file"; return 1; }
	done
}

ran_unit_tests() { grep -qE '100% tests passed, 0 tests failed out of [1-9][0-9]+' /build/build.log; }

honours_nocheck() {
	cd /build/src && DEB_BUILD_OPTIONS=nocheck make -n -f debian/rules override_dh_auto_configure |
		grep -qx 'dh_auto_configure -- -DBUILD_TESTING=OFF'
}

# Pedantic and informational tags count like errors.
lintian_is_silent() {
	lintian --allow-root --pedantic -I --no-tag-display-limit /build/*.changes > /build/lintian 2>&1
	! grep -vE '^(N:|running with root|warning: )' /build/lintian
}

# As apt does it: what breaks a package that is upgraded with it waits for that.
install_packages() { dpkg -i --auto-deconfigure /build/*.deb; }

# waymark 0.1.0: one package for the tools and the library, and scripts of its own for DKMS.
make_previous() {
	local old=/build/previous deb
	mkdir -p $old/waymark/DEBIAN $old/waymark-dkms/DEBIAN
	for deb in /build/waymark_*.deb /build/libnetdevname*.deb; do
		dpkg-deb -x "$deb" $old/waymark
	done
	rm -rf $old/waymark/usr/share/doc
	dpkg-deb -x /build/waymark-dkms_*.deb $old/waymark-dkms
	mv $old/waymark-dkms/usr/src/waymark-* $old/source && mv $old/source $old/waymark-dkms/usr/src/waymark-0.1.0
	sed -i 's/^PACKAGE_VERSION=.*/PACKAGE_VERSION="0.1.0"/' $old/waymark-dkms/usr/src/waymark-0.1.0/dkms.conf
	printf '#!/bin/sh\ndkms add -m waymark -v 0.1.0 || true\n' > $old/waymark-dkms/DEBIAN/postinst
	printf '#!/bin/sh\ndkms remove -m waymark -v 0.1.0 --all || true\n' > $old/waymark-dkms/DEBIAN/prerm
	chmod 755 $old/waymark-dkms/DEBIAN/p*
	for deb in waymark waymark-dkms; do
		printf 'Package: %s\nVersion: 0.1.0\nArchitecture: all\nMaintainer: nobody <n@example.org>\nDescription: old\n' \
			$deb > $old/$deb/DEBIAN/control
		dpkg-deb -b $old/$deb $old/$deb.deb > /dev/null || return 1
	done
}

upgrades() {
	dpkg -i /build/previous/*.deb && dpkg -s waymark | grep -qx 'Version: 0.1.0' && install_packages &&
		[ -e /usr/src/waymark-0.1.0/dkms.conf ] && ! dkms status -m waymark -v 0.1.0 | grep -q installed
}

dkms_has_it() { dkms status -m waymark | grep -q "$KERNEL.*: installed"; }
modules_are_found() {
	local module
	for module in flex_array netdev_naming symbol_index; do
		modinfo -k "$KERNEL" -F filename $module || return 1
	done
}
dkms_is_empty() { [ -z "$(dkms status -m waymark)" ]; }

all_configured() {
	local package
	[ -z "$(dpkg --audit)" ] || return 1
	for package in libnetdevname1 libnetdevname-dev waymark waymark-dkms waymark-doc; do
		dpkg-query -W -f '${db:Status-Status}\n' $package | grep -qx installed || return 1
	done
}

# Each command and option that --help names is known to zsh and to fish.
shells_know_all() {
	local command sub option known=0 zsh fish
	for command in netdevname symidx flexarray; do
		zsh=/usr/share/zsh/vendor-completions/_$command
		fish=/usr/share/fish/vendor_completions.d/$command.fish
		for sub in $($command --help | awk 'tolower($1) == "subcommands:" { on = 1; next } on && $1 { print $1 }'); do
			if ! grep -qw -- "$sub" "$zsh" || ! grep -qw -- "-a $sub" "$fish"; then
				echo "$command $sub"
				return 1
			fi
			for option in $($command "$sub" --help | grep -oE '(^|[ ,])--[a-z][a-z-]+' | sed 's/.*--//'); do
				known=$((known + 1))
				if ! grep -q -- "--$option" "$zsh" || ! grep -q -- "-l $option" "$fish"; then
					echo "$command $sub --$option"
					return 1
				fi
			done
		done
	done
	((known > 30))
}

commands_work() { netdevname --version && symidx --version && flexarray --version; }

# A program that knows nothing but the package.
compile_client() { # COMPILER FILE OPTION...
	local compiler=$1 file=$2
	shift 2
	# shellcheck disable=SC2046
	(cd /tmp && $compiler -Wall -Wextra -Werror "$@" -o client "/src/selftests/lifecycle/$file" \
		$(pkg-config --cflags --libs libnetdevname) -I/usr/include/waymark && ./client)
}
static_client() {
	(cd /tmp && gcc -o client /src/selftests/lifecycle/client.c -I/usr/include/waymark \
		-Wl,-Bstatic -lnetdevname -Wl,-Bdynamic && ./client && ! ldd client | grep netdevname)
}

# What the hooks and commands write while the package is there.
write_state() {
	mkdir -p "/lib/firmware/$KERNEL" /var/lib/netdev-naming
	touch "/lib/modules/$KERNEL/symbol_index.bin" /var/lib/netdev-naming/snapshot.json
	ln -sf "/lib/modules/$KERNEL/symbol_index.bin" "/lib/firmware/$KERNEL/symbol_index.bin"
}

remove_packages() { dpkg -r waymark-doc libnetdevname-dev waymark-dkms waymark libnetdevname1; }
purge_packages() { dpkg -P waymark-doc libnetdevname-dev waymark-dkms waymark libnetdevname1; }
nothing_but_configuration() {
	diff /build/before <(listing) | grep '^> f ' | grep -v ' /etc/' | grep -v symbol_index.bin | grep -v /var/lib/netdev-naming/ |
		{ ! grep .; }
}

judge_build() {
	copy_tree
	point "build with the build dependencies" builds
	point "the compiler is given CPPFLAGS" has_flags
	point "hardened: bound at start" is_hardened
	point "unit tests ran" ran_unit_tests
	point "nocheck leaves them out" honours_nocheck
	point "lintian, pedantic" lintian_is_silent
}

judge_life() {
	mkdir -p /lib/firmware
	listing > /build/before
	point "install" install_packages
	point "everything is configured" all_configured
	point "DKMS has built the modules for $KERNEL" dkms_has_it
	point "modprobe would find them" modules_are_found
	point "the commands start" commands_work
	point "a C program builds against the packages" compile_client gcc client.c -std=c11
	point "a C++ program builds against the packages" compile_client g++ client.cpp -std=c++20
	point "a C program is linked with the static library" static_client
	point "zsh and fish know each option" shells_know_all
	point "completion in a terminal" python3 /src/selftests/lifecycle/completion.py
	# From here on DKMS only keeps account: one build is enough.
	touch /etc/dkms/no-autoinstall
	listing > /build/installed
	point "install again" dpkg -i /build/*.deb
	point "remove" remove_packages
	point "DKMS has forgotten it" dkms_is_empty
	point "only configuration is left" nothing_but_configuration
	write_state
	point "purge" purge_packages
	rm /etc/dkms/no-autoinstall
	point "no file is left" same_files before
	touch /etc/dkms/no-autoinstall
	listing > /build/before
	point "make a package of the previous version's layout" make_previous
	point "upgrade from it" upgrades
	point "everything is configured after the upgrade" all_configured
	write_state
	point "purge after the upgrade" purge_packages
	point "no file is left after the upgrade" same_files before
}

plan 27
judge_build
judge_life
