# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# For scripts that run in a throwaway chroot of a suite: /src is the tree (read-only), /build is
# theirs. KERNEL is the release whose headers are installed; LONG is set by make check-long.

export DEBIAN_FRONTEND=noninteractive
log=/build/log
points=0

plan() { printf 'TAP version 13\n1..%s\n' "$1"; }

# point TITLE COMMAND...: its output goes to the log, and to the report if it failed.
point() {
	local title=$1
	shift
	points=$((points + 1))
	if "$@" > "/build/point" 2>&1; then
		echo "ok $points - $title"
	else
		echo "not ok $points - $title"
		tail -n 8 /build/point | sed 's/^/# /'
	fi
	{ echo "== $title"; cat /build/point; } >> $log
}

fails() { ! "$@"; }

# What is on the system, but for logs (DKMS keeps one among its data), caches and what is ours.
listing() {
	find / -xdev '(' -path /build -o -path /src -o -path /tmp -o -path /run -o -path /proc -o -path /sys \
		-o -path /dev -o -path /var/log -o -path /var/cache -o -path /var/lib/apt -o -path /var/lib/dpkg \
		-o -path /etc/ld.so.cache -o -name post_transaction.log ')' -prune -o -printf '%y %p %l\n' | sort
}

# same_files WHEN: as they were at "listing > /build/WHEN".
same_files() { diff "/build/$1" <(listing); }
