# SPDX-License-Identifier: GPL-2.0-only
# shellcheck shell=bash
#
# Sourced by tests that wait often: a process takes an emulated guest longer than most waits.

# Nobody writes into that pipe.
exec {never}<> <(:)

# nap SECONDS: sleep(1), in this shell if that can: since bash 5.2, read -t waits in pselect(2)
# with a limit; before, in a read(2) that an alarm ends, and for ever if the alarm comes first.
nap() {
	if ((BASH_VERSINFO[0] * 100 + BASH_VERSINFO[1] < 502)); then
		sleep "$1"
	else
		read -r -t "$1" -u "$never" || true
	fi
}
