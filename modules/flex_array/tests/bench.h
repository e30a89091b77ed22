/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef WAYMARK_FLEX_ARRAY_BENCH_H
#define WAYMARK_FLEX_ARRAY_BENCH_H

#include <linux/types.h>

#include <uapi/tests/flex_array_bench.h>

/* Index number i of a run over @total elements: a fixed random sequence. */
struct flex_array_bench_random {
	u64 state;
};

static __always_inline u32 flex_array_bench_random(struct flex_array_bench_random *random,
						   u32 total)
{
	random->state = random->state * 6364136223846793005ULL + 1442695040888963407ULL;
	return (random->state >> 32) * total >> 32;
}

/* What is measured, for one element type. */
struct flex_array_bench_type {
	u32 element_size;
	/* Memory for @total elements; 0 or an errno. */
	int (*create)(u32 structure, u32 total);
	void (*destroy)(u32 structure);
	/* @n operations beginning at @from; the sum keeps the compiler from skipping them. */
	u64 (*run)(const struct flex_array_bench_run *run, u32 from, u32 n, u64 *random);
	/* Stores all elements into an empty structure; 0 or an errno. */
	int (*fill)(u32 structure, u32 total);
};

extern const struct flex_array_bench_type flex_array_bench_1;
extern const struct flex_array_bench_type flex_array_bench_8;
extern const struct flex_array_bench_type flex_array_bench_24;
extern const struct flex_array_bench_type flex_array_bench_64;
extern const struct flex_array_bench_type flex_array_bench_1000;

#endif
