#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-or-later
#
# make_seeds.sh BUILD KERNEL SYMVERS OUT
#
# What the fuzzers start from, below OUT: index/ and module/. BUILD is the build
# folder with symidx, KERNEL a folder with modules, SYMVERS their Module.symvers.
# The smallest modules do: what is small is mutated well.
set -eu

build=$1
kernel=$2
symvers=$3
out=$4
here=$(dirname "$0")
tmp=$(mktemp -d)
trap 'rm -rf "$tmp"' EXIT

die() {
	echo "make_seeds.sh: $*" >&2
	exit 1
}

# $1 of the smallest modules, as they are installed, in $2
stock_modules() {
	mkdir -p "$2"
	find "$kernel" -name '*.ko*' -type f -printf '%s %p\n' | sort -n | head -n "$1" |
	while read -r _ file; do
		case $file in
		*.xz) xz -dc "$file" > "$2/$(basename "$file" .xz)" ;;
		*.ko) cp "$file" "$2" ;;
		*) die "$file: compressed otherwise than Debian does" ;;
		esac
	done
}

# Every class and byte order that the reader knows.
foreign_modules() {
	for target in x86_64 i686 powerpc64 powerpc s390x; do
		for kind in BASIC EXTENDED; do
			clang "--target=$target-linux-gnu" "-D$kind" -c "$here/seed_module.S" \
				-o "$out/module/seed-$target-$kind"
		done
	done
}

# A bzImage that holds $1: one sector of setup code, the payload right behind it.
bzimage() {
	size=$(wc -c < "$1")
	head -c 1024 /dev/zero > "$tmp/head"
	printf '\001' | dd of="$tmp/head" bs=1 seek=497 conv=notrunc 2> /dev/null
	printf 'HdrS\017\002' | dd of="$tmp/head" bs=1 seek=514 conv=notrunc 2> /dev/null
	# shellcheck disable=SC2059
	printf "$(printf '\\%03o\\%03o' $((size % 256)) $((size / 256)))" |
		dd of="$tmp/head" bs=1 seek=588 conv=notrunc 2> /dev/null
	cat "$tmp/head" "$1"
}

kernel_images() {
	clang --target=x86_64-linux-gnu -DIMAGE -c "$here/seed_module.S" -o "$tmp/image.o"
	ld -m elf_x86_64 --build-id=sha1 -e seed_open "$tmp/image.o" -o "$tmp/image"
	strip -g "$tmp/image"
	gzip -9c "$tmp/image" > "$tmp/image.gz"
	xz -9c --check=crc32 "$tmp/image" > "$tmp/image.xz"
	cp "$tmp/image" "$tmp/image.gz" "$tmp/image.xz" "$out/module"
	bzimage "$tmp/image.gz" > "$out/module/bzimage.gz"
	bzimage "$tmp/image.xz" > "$out/module/bzimage.xz"
}

# Indexes that symidx itself makes, of $1 modules and every $2nd export.
index() {
	release=0-seeds-$1
	stock_modules "$1" "$tmp/root/lib/modules/$release"
	awk -v n="$2" '$3 == "vmlinux" && NR % n == 0' "$symvers" > "$tmp/symvers-$1"
	"$build/symidx/symidx" build --root "$tmp/root" --kernel "$release" \
		--symvers "$tmp/symvers-$1" --build-id 0123456789abcdef \
		--output "$out/index/stock-$1" --threads 1 > "$tmp/said"
	head -n 40 "$tmp/symvers-$1" > "$out/module/symvers-$1"
}

rm -rf "$out"
mkdir -p "$out/index" "$out/module"
stock_modules 24 "$out/module"
foreign_modules
kernel_images
index 2 2000
index 12 400
index 40 100
# Whatever is too large to be worth mutating.
find "$out" -type f -size +32k -delete
for part in index module; do
	[ -n "$(ls "$out/$part")" ] || die "$part: no seeds"
done
find "$out" -type f | wc -l
