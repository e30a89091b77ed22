#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# symidx check of files, folders and installed modules by name.
# usage: check_files_test.sh SYMIDX SAMPLE_MODULE

symidx=$1
sample=$2
release=6.12.0-test
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
modules=$root/lib/modules/$release
failed=0

complain() { echo "FAIL: $*"; cat "$root/out" "$root/err"; failed=1; }
check() { "$symidx" check --root "$root" --kernel $release "$@" > "$root/out" 2> "$root/err"; }
says() { grep -qF -- "$1" "$root/out" "$root/err"; }

mkdir -p "$modules/updates" "$root/built/module" "$root/empty"
printf '0x11111111\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n' > "$root/symvers"
"$sample" "$modules/updates/good-one.ko" good_one printk || complain "no sample"
"$sample" "$modules/updates/bad.ko" bad printk gone || complain "no sample"
cp "$modules/updates/bad.ko" "$root/built/module/first.ko"
"$sample" "$root/built/module/second.ko" second printk || complain "no sample"
"$symidx" build --root "$root" --kernel $release --build-id 0123 --symvers "$root/symvers" \
	> "$root/out" 2> "$root/err" || complain "no index is made"

for name in good_one good-one; do
	{ check $name && says "updates/good-one.ko: will load"; } || complain "$name is not found by its name"
done
{ ! check bad && says "updates/bad.ko: will not load" && says "gone: exported neither"; } ||
	complain "an installed module that will not load is not judged by its name"

{ ! check "$root/built" && says "first.ko: will not load" && says "second.ko: will load"; } ||
	complain "a folder is not judged module by module"
{ ! check "$root/empty" && says "there is no module in that folder"; } ||
	complain "a folder without modules passes"

missing() { says "$1: will not load" && says "problem: No such file"; }
{ ! check nobody && missing nobody; } || complain "what is nothing is not refused"
{ ! check ./good_one && missing ./good_one; } || complain "a path is taken for a name"
cd "$root/built/module" || exit 1
cp second.ko bad
{ check bad && says "bad: will load"; } || complain "a file does not go before a name"
"$symidx" check --index "$modules/symbol_index.bin" good_one > "$root/out" 2> "$root/err"
missing good_one || complain "of an index alone, a name means an installed module"
exit $failed
