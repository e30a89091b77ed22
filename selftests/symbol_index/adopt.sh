#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# The index that symbol_index takes from a file equals the one that it sorts
# itself; a file that is damaged or of another kernel is refused with the reason.

dir=$(dirname "$(readlink -f "$0")")
# shellcheck disable=SC1091
. "$dir/../kselftest/ktap_helpers.sh"

release=$(uname -r)
file=/lib/firmware/$release/symbol_index.bin
# Where the hook of the kernel's package puts it; made here if that did not run.
installed=/lib/modules/$release/symbol_index.bin
work=$(mktemp -d)
loads=0
trap 'put_back; rm -rf "$work"' EXIT

put_back()
{
	rm -f "$file"
	if [ -e "$work/original" ] || [ -L "$work/original" ]; then mv "$work/original" "$file"; fi
	reload
}

reload() # PARAMETERS: loads the module anew
{
	rmmod symbol_index 2> /dev/null
	loads=$((loads + 1))
	echo "<7>adopt.sh $$: load $loads" > /dev/kmsg
	modprobe symbol_index "$@"
}

# What the module said since then.
said() { dmesg | sed "1,/adopt\.sh $$: load $loads\$/d" | grep symbol_index:; }

origin_is() { [[ $(symidx stats -j) =~ \"origin\":\ *\"$1\" ]]; }
everything() { symidx list -j > "$1"; }

flip() { "$dir/index_file" flip "$file" "$1"; }
seal() { "$dir/index_file" seal "$file"; }

# result NAME: passes if the last command did
result()
{
	if [ "$?" = 0 ]; then ktap_test_pass "$1"; else ktap_test_fail "$1"; fi
}

# refused NAME REASON: whether the file is not taken, and the reason is told
refused()
{
	reload && [ "$("$dir/index_file" contents "$work/now")" = sorted ] &&
		said | grep -q "$2" && cmp -s "$work/contents" "$work/now"
	result "refused: $1"
}

ktap_print_header
ktap_set_plan 8

mkdir -p "${file%/*}"
if [ -e "$file" ] || [ -L "$file" ]; then mv "$file" "$work/original"; fi
reload adopt=0 && origin_is sorted && everything "$work/sorted" &&
	[ "$("$dir/index_file" contents "$work/contents")" = sorted ]
result "sorted without a file"

if [ -e "$installed" ]; then cp "$installed" "$work/good"; else symidx build -o "$work/good"; fi
cp "$work/good" "$file" &&
	reload && origin_is adopted && everything "$work/adopted"
result "adopted"

[ -s "$work/sorted" ] && cmp "$work/sorted" "$work/adopted" &&
	[ "$("$dir/index_file" contents "$work/now")" = adopted ] &&
	[ -s "$work/contents" ] && cmp "$work/contents" "$work/now"
result "both ways give the same index"

reload adopt=0 && origin_is sorted
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

# A well-formed lie: a flag of a symbol of the kernel is not what the kernel says.
cp "$work/good" "$file"
"$dir/index_file" lie "$file"
seal
refused "a lie about a symbol" "own tables"

ktap_finished
