// SPDX-License-Identifier: GPL-2.0-only
/* The same in time. */
#define BENCH_UNIT	"ns"
#define BENCH_PREFIX	"wall_"
#include "../icount/flex_array.c"
