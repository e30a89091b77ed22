#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-or-later
#
# The library exports what version 1 of its interface promises, and nothing else.
# usage: symbols_test.sh LIBRARY

library=$1
promised=$(grep -v '^#' "$(dirname "$0")/symbols" | sort)
# The version node is a symbol itself, of type A.
found=$(nm -D --defined-only --with-symbol-versions "$library" | awk '$2 != "A" { print $3 }' | sort)
soname=$(readelf -d "$library" | sed -n 's/.*(SONAME).*\[\(.*\)\]/\1/p')

[ "$(wc -l <<< "$promised")" -ge 54 ] || { echo "FAIL: the list of symbols has become shorter"; exit 1; }
[ "$soname" = libnetdevname.so.1 ] || { echo "FAIL: the soname is $soname"; exit 1; }
diff <(echo "$promised") <(echo "$found") && exit
echo "FAIL: < is promised, > is exported"
exit 1
