#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The index that symbol_index takes from a file equals the one that it sorts
# itself; a file that is damaged or of another kernel is refused with the reason.

source "$(dirname "$0")/../kselftest/ktap_helpers.sh"

release=$(uname -r)
file=/lib/firmware/$release/symbol_index.bin
# Where the hook of the kernel's package puts it; made here if that did not run.
installed=/lib/modules/$release/symbol_index.bin
work=$(mktemp -d)
trap 'put_back; rm -rf "$work"' EXIT

put_back()
{
	rm -f "$file"
	if [ -e "$work/original" ] || [ -L "$work/original" ]; then mv "$work/original" "$file"; fi
	reload
}

reload() # PARAMETERS: loads the module anew; its last words go to $work/said
{
	rmmod symbol_index 2> /dev/null
	dmesg > "$work/before"
	modprobe symbol_index "$@" || return 1
	dmesg | tail -n +"$(($(wc -l < "$work/before") + 1))" | grep symbol_index: > "$work/said"
	return 0
}

origin() { symidx stats -j | grep -o '"origin": *"[a-z]*"' | grep -o '[a-z]*"$' | tr -d '"'; }
everything() { symidx list -j > "$1"; }

# flip OFFSET: changes the lowest bit of that byte of the file
flip()
{
	# shellcheck disable=SC2059 # the format is the byte
	printf "\\$(printf %o $(($(od -An -tu1 -j"$1" -N1 "$file") ^ 1)))" |
		dd of="$file" bs=1 seek="$1" conv=notrunc 2> /dev/null
}

# seal: makes the checksum right, which gzip computes, too
seal()
{
	tail -c +13 "$file" | gzip -c | tail -c 8 | head -c 4 |
		dd of="$file" bs=1 seek=8 conv=notrunc 2> /dev/null
}

# result NAME: passes if the last command did
result()
{
	if [ "$?" = 0 ]; then ktap_test_pass "$1"; else ktap_test_fail "$1"; fi
}

# refused NAME REASON: whether the file is not taken, and the reason is told
refused()
{
	reload && [ "$(origin)" = sorted ] && grep -q "$2" "$work/said" &&
		everything "$work/now" && cmp -s "$work/sorted" "$work/now"
	result "refused: $1"
}

ktap_print_header
ktap_set_plan 8

mkdir -p "${file%/*}"
if [ -e "$file" ] || [ -L "$file" ]; then mv "$file" "$work/original"; fi
reload adopt=0 && [ "$(origin)" = sorted ] && everything "$work/sorted"
result "sorted without a file"

if [ -e "$installed" ]; then cp "$installed" "$work/good"; else symidx build -o "$work/good"; fi
cp "$work/good" "$file" &&
	reload && [ "$(origin)" = adopted ] && everything "$work/adopted"
result "adopted"

[ -s "$work/sorted" ] && cmp "$work/sorted" "$work/adopted"
result "both ways give the same index"

reload adopt=0 && [ "$(origin)" = sorted ]
result "not adopted if told so"

head -c 100000 "$work/good" > "$file"
refused "truncated" "truncated"

# One byte, where names are.
cp "$work/good" "$file"
flip 300
refused "a byte changed" "checksum"

# The build id is at offset 40.
cp "$work/good" "$file"
flip 40
seal
refused "of another kernel" "another kernel"

# A well-formed lie: a flag of a symbol of the kernel is not what the kernel says. The
# third section is that of the symbols, of 20 bytes each.
cp "$work/good" "$file"
at=$(od -An -tu8 -j128 -N8 "$file" | tr -d ' ')
while [ "$(od -An -tu4 -j$((at + 8)) -N4 "$file" | tr -d ' ')" != 0 ]; do at=$((at + 20)); done
flip $((at + 18))
seal
refused "a lie about a symbol" "own tables"

ktap_finished
