#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# Which index answers for an installed kernel: its own, or one made of its files.
# usage: source_test.sh SYMIDX

symidx=$1
release=1.0-test
root=$(mktemp -d)
trap 'rm -rf "$root"' EXIT
modules=$root/lib/modules/$release
failed=0

complain() { echo "FAIL: $*"; cat "$root/err"; failed=1; }
run() { "$symidx" "$1" --root "$root" --kernel $release "${@:2}" > "$root/out" 2> "$root/err"; }
says() { grep -qF -- "$1" "$root/err"; }

mkdir -p "$modules"
printf '0x11111111\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n' > "$root/symvers"
touch -d '1 hour ago' "$modules/modules.dep"
run build --build-id 0123 --symvers "$root/symvers" || complain "no index is made"
{ run lookup printk && [ ! -s "$root/err" ]; } || complain "an index of today is not simply believed"

touch -d '1 hour' "$modules/modules.dep"
{ run lookup printk && [ ! -s "$root/err" ]; } || complain "an old index is not brought up to date"

# Any ELF program with a build id serves for an image that does not tell its exports.
cp "$symidx" "$modules/vmlinuz"
printf '0x22222222\tkfree\tvmlinux\tEXPORT_SYMBOL\t\n' > "$modules/Module.symvers"
{ run lookup kfree && says "older than the kernel, searched the kernel's files"; } ||
	complain "an old index is not replaced by what the files say"
run lookup printk && complain "an old index is believed beside the files"

rm "$modules/symbol_index.bin"
{ run lookup kfree && says "no index there, searched the kernel's files"; } ||
	complain "without an index the files are not searched"
rm "$modules/vmlinuz"
run lookup kfree || complain "Module.symvers by itself is not searched"
rm "$modules/Module.symvers"
{ ! run lookup kfree && says "no kernel image found"; } || complain "found in nothing"
exit $failed
