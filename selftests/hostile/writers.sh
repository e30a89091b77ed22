#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Several processes keep a snapshot in one file at a time, as udev, the boot's unit and the
# hook of a kernel's package may. The file is whole at any moment, and each of them succeeds.

# shellcheck source=selftests/netdevname/naming.sh
. "$(dirname "$0")/naming.sh"

folder=/run/hostile-writers
file=$folder/snapshot.json
writers=4
rounds=$(sized 100 15)

write() {
	local round
	for ((round = 0; round < rounds; round++)); do
		netdevname snapshot --save $file > "$folder/said.$1" 2>&1 || {
			echo "status $?: $(< "$folder/said.$1")" >> "$folder/failed"
		}
		[ ! -s "$folder/said.$1" ] || cat "$folder/said.$1" >> "$folder/failed"
	done
}

# Reads as fast as it can until nobody writes any more.
watch() {
	local seen=0
	while [ -e "$folder/writing" ]; do
		# One read: cp's, into a file that nobody else has.
		cp $file "$folder/seen"
		jq -e '.netdevname_snapshot and (.nics | length > 0)' "$folder/seen" > /dev/null 2>&1 ||
			echo "a reader saw $(stat -c %s "$folder/seen") bytes that are no snapshot"
		seen=$((seen + 1))
	done
	echo "# seen $seen times" >&2
	[ $seen -gt 0 ] || echo "the reader saw nothing"
}

all_succeed() {
	local writer pids=() torn
	mkdir -p $folder
	netdevname snapshot --save $file || return 1
	: > "$folder/writing"
	: > "$folder/failed"
	watch > "$folder/torn" &
	for ((writer = 0; writer < writers; writer++)); do
		write $writer &
		pids+=($!)
	done
	wait "${pids[@]}"
	rm "$folder/writing"
	wait
	torn=$(< "$folder/torn")
	[ -z "$torn" ] || { head -3 <<< "$torn"; return 1; }
	[ ! -s "$folder/failed" ] || {
		echo "$(wc -l < "$folder/failed") complaints of $((writers * rounds)) writers"
		head -3 "$folder/failed"
		return 1
	}
}

file_is_whole() {
	local names
	jq -e .netdevname_snapshot $file > /dev/null || return 1
	netdevname compare $file > /dev/null || return 1
	names=$(find $folder -name 'snapshot.json?*' ! -name '*lock*')
	[ -z "$names" ] || { echo "left behind: $names"; return 1; }
}

# Somebody else's file at the temporary name, or a link to one, is not written to.
follows_no_link() {
	local victim=$folder/victim
	echo untouched > $victim
	ln -sf $victim $file.new
	netdevname snapshot --save $file > /dev/null 2>&1
	[ "$(< $victim)" = untouched ] || { echo "wrote to another file"; return 1; }
	rm -f $file.new
	jq -e .netdevname_snapshot $file > /dev/null
}

undo+=("rm -rf $folder")
plan 3
point "$writers writers at a time, $rounds rounds: each succeeds, and no reader sees a part" all_succeed
point "the file is whole, and nothing else is left" file_is_whole
point "a link in the way of the temporary file is not followed" follows_no_link
ktap_finished
