#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# What is found is said, and made small: operations that are findings on purpose. The
# sentences of the fuzzer, which here are none of this test's, go to a file.

cd "$(dirname "$0")" || exit 1
# shellcheck source=/dev/null
. ../kselftest/ktap_helpers.sh

said=$(mktemp)
trap 'rm -f "$said"' EXIT

# udev goes on: to stop it and to let it catch up takes longer than what is done here.
export WAYMARK_LONG=1 WAYMARK_FUZZ_SECONDS=0

# What it must say; the fuzzer's arguments
finds() {
	wanted=$1
	shift
	if ./fuzz "$@" > "$said" 2>&1; then
		ktap_print_msg "$* passes"
		return 1
	fi
	grep -Eq "^# finding: $wanted what=" "$said" && return 0
	grep -E '^# |^not ok|^Bail' "$said"
	return 1
}

check() {
	title=$1
	shift
	if finds "$@"; then
		ktap_test_pass "$title"
	else
		ktap_test_fail "$title"
	fi
}

ktap_print_header
ktap_set_plan 4
check "before it is tried, it is said" \
	"seed=5 phase=1 thread=0 from=0 operations=138 minimised=unknown" \
	--seed 5 --phase 1 --operations 400 --plant 137
check "what one thread finds is made small" \
	"seed=5 phase=1 thread=0 from=0 operations=138 minimised=1" \
	--seed 5 --phase 1 --operations 400 --plant 137
check "what a thread beside others finds is found by it alone" \
	"seed=5 phase=2 thread=[1-4] from=0 operations=51 minimised=1" \
	--seed 5 --phase 2 --operations 1000 --plant 50
check "what only threads find is said to be that" \
	"seed=5 phase=2 thread=[1-4] from=0 operations=51 minimised=no" \
	--seed 5 --phase 2 --operations 1000 --plant-racing 50
ktap_finished
