#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Loads every KUnit suite that was built; a point is a test of a suite, as the
# kernel gives it in debugfs.

DIR=$(dirname "$0")
. "$DIR"/../kselftest/ktap_helpers.sh

results=/sys/kernel/debug/kunit
points=()

# Collects "ok|not ok NAME" of a suite that a module brought.
collect() {
	local line suite=$1

	while IFS= read -r line; do
		if [[ $line =~ ^\ {4}(ok|not\ ok)\ [0-9]+\ (.*)$ ]]; then
			points+=("${BASH_REMATCH[1]}:$suite: ${BASH_REMATCH[2]}")
		elif [[ $line =~ ^\ {4}\ +# || $line =~ EXPECTATION|ASSERTION ]]; then
			echo "# $line"
		fi
	done < "$results/$suite/results"
}

run() {
	local module=$1 name needs before suite

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
		suite=${suite##*/}
		grep -qxF "$suite" <<< "$before" || collect "$suite"
	done
	rmmod "$name" || points+=("not ok:$name: unloads")
}

ktap_print_header
for module in "$WAYMARK_TEST_MODULES"/*_kunit.ko; do
	[ -e "$module" ] && run "$module"
done
# None at all would be a build that lost them.
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
