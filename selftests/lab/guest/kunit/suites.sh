#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Loads every KUnit suite that was built. A point is a test of a suite, as the kernel
# lists it in debugfs. The file `expected` lists the modules that have to exist, one for
# each *_kunit.c of the tree. A module that was not built fails, and so does a module
# without a suite, or a suite that lacks tests.

DIR=$(dirname "$0")
. "$DIR"/../kselftest/ktap_helpers.sh

results=${KUNIT_RESULTS:-/sys/kernel/debug/kunit}
points=()

# Collects "ok|not ok NAME" of a suite that a module brought.
collect() {
	local line suite=$1 planned=none found=0

	while IFS= read -r line; do
		if [[ $line =~ ^\ {4}(ok|not\ ok)\ [0-9]+\ (.*)$ ]]; then
			points+=("${BASH_REMATCH[1]}:$suite: ${BASH_REMATCH[2]}")
			found=$((found + 1))
		elif [[ $line =~ ^\ {4}1\.\.([0-9]+)$ ]]; then
			planned=${BASH_REMATCH[1]}
		elif [[ $line =~ ^\ {4}\ +# || $line =~ EXPECTATION|ASSERTION ]]; then
			echo "# $line"
		fi
	done < "$results/$suite/results"
	if [ "$found" -eq 0 ] || [ "$found" != "$planned" ]; then
		points+=("not ok:$suite: has all its tests, $found of $planned")
	fi
}

run() {
	local module=$1 name needs before suite suites=0

	name=$(basename "$module" .ko)
	before=$(ls "$results")
	for needs in $(modinfo -F depends "$module" | tr , ' '); do
		modprobe "$needs" || echo "# $needs: does not load"
	done
	if ! insmod "$module"; then
		points+=("not ok:$name: loads")
		return
	fi
	for suite in "$results"/*; do
		[ -d "$suite" ] || continue
		suite=${suite##*/}
		grep -qxF "$suite" <<< "$before" && continue
		collect "$suite"
		suites=$((suites + 1))
	done
	[ "$suites" -gt 0 ] || points+=("not ok:$name: brings a suite")
	rmmod "$name" || points+=("not ok:$name: unloads")
}

ktap_print_header
for module in "$WAYMARK_TEST_MODULES"/*_kunit.ko; do
	[ -e "$module" ] && run "$module"
done
while read -r name; do
	[ -e "$WAYMARK_TEST_MODULES/$name.ko" ] || points+=("not ok:$name: was built")
done < "$DIR/expected"
[ ${#points[@]} -gt 0 ] || points+=("not ok:there is a suite")
ktap_set_plan ${#points[@]}
for point in "${points[@]}"; do
	if [ "${point%%:*}" = ok ]; then
		ktap_test_pass "${point#*:}"
	else
		ktap_test_fail "${point#*:}"
	fi
done
ktap_finished
