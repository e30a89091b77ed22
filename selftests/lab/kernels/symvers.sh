#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# symvers OBJECT: a version of each symbol that OBJECT exports, as genksyms prints
# it, made of the name alone. genksyms makes it of all types that the symbol has to
# do with, for which each source is preprocessed and parsed once more. Here, all
# modules are built for the one kernel.
set -e

symbols=$(nm "$1")
printf '%s\n' "$symbols" | awk '
	BEGIN {
		for (i = 32; i < 127; i++)
			code[sprintf("%c", i)] = i
	}
	sub(/.* __export_symbol_/, "") {
		hash = 5381
		for (i = 1; i <= length($0); i++)
			hash = (hash * 33 + code[substr($0, i, 1)]) % 2147483647
		printf "#SYMVER %s 0x%08x\n", $0, hash
	}'
