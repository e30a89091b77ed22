#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# symidx on the files of whole kernels: build beside "depmod -n" on the same
# tree, size and lookup beside kmod's tables of symbols, check of one module and
# of all. Wall-clock medians of runs that alternate.
#
# usage: symidx_files.sh [FOLDER [HEADERS]]
# FOLDER (default: WAYMARK_KERNELS) has a folder per kernel: the image vmlinuz,
# and root, below which are lib/modules/RELEASE with depmod's tables. HEADERS
# (WAYMARK_HEADERS) has a folder of the same name with Module.symvers.
# The first figure of a name is that of the kernel with compressed modules; what
# was measured on one with plain modules ends in "_plain".

set -o pipefail
here=$(dirname "$(readlink -f "$0")")
kernels=${1:-$WAYMARK_KERNELS}
headers=${2:-$WAYMARK_HEADERS}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

die() { echo "symidx_files.sh: $*" >&2; exit 1; }
median() { sort -n | awk '{ v[NR] = $1 } END { print v[int((NR + 1) / 2)] }'; }

figure() { # NAME VALUE UNIT [REFERENCE REFERENCE_VALUE]
	printf '{"name":"%s","value":%s,"unit":"%s"' "$1" "$2" "$3"
	[ -n "$4" ] && printf ',"reference":"%s","reference_value":%s' "$4" "$5"
	printf '}\n'
}

# Milliseconds that a command takes, and no date(1) beside it; its output goes away.
time_of() {
	local start=${EPOCHREALTIME/[.,]/}
	"$@" > /dev/null 2> "$work/err" || die "$1 $2: $(cat "$work/err")"
	echo $(((${EPOCHREALTIME/[.,]/} - start) / 1000))
}

build() { symidx build --root "$root" --kernel "$release" --image "$image" -o "$work/index"; }

# As depmod works: nothing has to be unpacked but modules.
build_from_symvers() {
	symidx build --root "$root" --kernel "$release" --symvers "$symvers" \
		--build-id "$build_id" -o "$work/index.symvers"
}

# What is left if there is no module: the image is unpacked and read.
build_without_modules() {
	symidx build --root "$work/empty" --kernel "$release" --image "$image" \
		-o "$work/index.image"
}

measure_build() { # SUFFIX
	local _ build_id theirs
	# Once unmeasured: afterwards all files are in the page cache for all.
	build > "$work/said" || die "no index of $release: $(cat "$work/said")"
	build_id=$(symidx stats -j --index "$work/index" | sed 's/.*"build_id":"\([0-9a-f]*\)".*/\1/')
	build_from_symvers > "$work/said" || die "no index of $release: $(cat "$work/said")"
	cmp -s "$work/index" "$work/index.symvers" || die "$release: two sources, two indexes"
	mkdir -p "$work/empty/lib/modules/$release"
	for _ in 1 2 3 4 5; do
		time_of build >> "$work/ours"
		time_of depmod -n -b "$root" "$release" >> "$work/theirs"
		time_of build_from_symvers >> "$work/ours.symvers"
		time_of build_without_modules >> "$work/ours.image"
	done
	theirs=$(median < "$work/theirs")
	figure "symidx.build_vs_depmod$1" "$(median < "$work/ours")" ms "depmod -n" "$theirs"
	figure "symidx.build_from_symvers_vs_depmod$1" "$(median < "$work/ours.symvers")" ms \
		"depmod -n" "$theirs"
	figure "symidx.read_image_ms$1" "$(median < "$work/ours.image")" ms
}

measure_size() { # SUFFIX
	local symbols kmod kmod_symbols
	symbols=$(symidx stats -j --index "$work/index" |
		sed 's/.*"kernel_symbols":\([0-9]*\),"module_symbols":\([0-9]*\).*/\1 + \2/')
	kmod=$(cat "$modules/modules.symbols" "$modules/modules.symbols.bin" | wc -c)
	kmod_symbols=$(grep -c '^alias symbol:' "$modules/modules.symbols")
	figure "symidx.bytes_per_symbol$1" \
		"$(awk "BEGIN { printf \"%.2f\", $(stat -c %s "$work/index") / ($symbols) }")" bytes \
		"modules.symbols and .bin" "$(awk "BEGIN { printf \"%.2f\", $kmod / $kmod_symbols }")"
}

measure_check() { # SUFFIX
	local one _
	find "$modules/" -name '*.ko*' | sort > "$work/files"
	one=$(grep '/nf_conntrack\.ko' "$work/files")
	[ "$(wc -l < "$work/files")" -ge 3000 ] || die "$modules: fewer than 3000 modules"
	for _ in 1 2 3 4 5 6 7 8 9; do
		time_of symidx check --index "$work/index" "$one" >> "$work/one"
	done
	figure "symidx.check_one_ms$1" "$(median < "$work/one")" ms
	for _ in 1 2 3; do
		# All in one run; a module of this kernel that is refused is a failure.
		time_of xargs -a "$work/files" -s 2000000 -n 100000 \
			symidx check -q --index "$work/index" >> "$work/all"
	done
	figure "symidx.check_all_s$1" "$(median < "$work/all" | awk '{ print $1 / 1000 }')" s
	# What it takes of the processors, which does not depend on who else uses them.
	TIMEFORMAT='%U %S'
	{ time xargs -a "$work/files" -s 2000000 -n 100000 symidx check -q --index "$work/index" \
		> /dev/null 2>&1; } 2> "$work/cpu"
	figure "symidx.check_all_cpu_s$1" "$(awk '{ print $1 + $2 }' "$work/cpu")" s
}

[ -d "$kernels" ] || die "no kernels given: set WAYMARK_KERNELS"
[ -d "$headers" ] || die "no headers given: set WAYMARK_HEADERS"
measured=0
for kernel in "$kernels"/*/; do
	root=${kernel}root
	image=${kernel}vmlinuz
	release=$(ls "$root/lib/modules")
	modules=$root/lib/modules/$release
	symvers=$headers/$(basename "$kernel")/Module.symvers
	suffix=_plain
	[ -z "$(find "$modules/" -name '*.ko.*' -print -quit)" ] || suffix=
	rm -rf "${work:?}"/*
	measure_build "$suffix"
	measure_size "$suffix"
	"$here/lib_symidx_lookup" "$work/index" "$modules" "$suffix" || die "lookup: failed"
	measure_check "$suffix"
	measured=$((measured + 1))
done
[ $measured -gt 0 ] || die "$kernels: no kernel there"
