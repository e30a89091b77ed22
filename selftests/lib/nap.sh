# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Sourced by tests that wait often: a process takes an emulated guest longer than most waits.

# Nobody writes into that pipe.
exec {never}<> <(:)

# nap SECONDS: sleep(1) in this shell. Since bash 5.2 the wait is a pselect(2) with a limit.
# Before, it is a read(2) that an alarm ends, and for ever if the alarm comes before it.
nap() {
	if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 502)); then
		sleep "$1"
	else
		read -r -t "$1" -u "$never" || true
	fi
}
