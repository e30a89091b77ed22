#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# symbol_index.adopt: instructions to index the kernel proper when symbol_index is
# loaded, with the index file of the kernel's installation; reference: by merging
# the kernel's sorted tables. Both read and hash every name. The least of three.

set -eu
export LC_ALL=C

stat_of() { symidx stats -j | tr ',{}' '\n' | sed -n "s/.*\"$1\": *\"\{0,1\}\([a-z0-9]*\).*/\1/p"; }

# cost ORIGIN PARAMETER...: the module is loaded with these
cost()
{
	wanted=$1
	shift
	least=0
	for _ in 1 2 3; do
		modprobe -r symbol_index
		modprobe symbol_index "$@"
		[ "$(stat_of origin)" = "$wanted" ] || {
			echo "adopt: the index was not $wanted" >&2
			exit 1
		}
		took=$(stat_of build_ns)
		if [ "$least" = 0 ] || [ "$took" -lt "$least" ]; then least=$took; fi
	done
}

cost sorted adopt=0
sorted=$least
cost adopted
printf '{"name":"symbol_index.adopt","value":%s,"unit":"instructions","reference":"sorting","reference_value":%s}\n' \
	"$least" "$sorted"
