/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The loops that are measured, for one element size: included once by a file
 * that defines BENCH_SIZE. No include guard for that reason: each file that
 * includes this is one type.
 */
#include <linux/errno.h>
#include <linux/flex_array.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/vmalloc.h>
#include <linux/xarray.h>

#include "compat/genradix.h"

#include "bench.h"

struct bench_element {
	u8 byte[BENCH_SIZE];
} __aligned(BENCH_SIZE % 8 ? 1 : 8);

#define BENCH_GENRADIX	(compat_genradix_element_max >= BENCH_SIZE)

/* Stands in where a genradix cannot hold the type. */
struct bench_small {
	u8 byte[BENCH_GENRADIX ? BENCH_SIZE : 1];
} __aligned(BENCH_SIZE % 8 ? 1 : 8);

static struct bench_element *bench_flat;
static FLEX_ARRAY(struct bench_element)
	bench_typed;
static struct flex_array *bench_old;
static GENRADIX(struct bench_small)
	bench_genradix;
static DEFINE_XARRAY(bench_xarray);

static int bench_fill_xarray(u32 total)
{
	u32 nr;
	int ret = 0;

	for (nr = 0; nr < total && !ret; nr++) {
		ret = xa_err(xa_store(&bench_xarray, nr, xa_mk_value(nr), GFP_KERNEL));
		if (!(nr & 0xfff))
			cond_resched();
	}
	return ret;
}

static int bench_begin(u32 structure, u32 total)
{
	switch (structure) {
	case FLEX_ARRAY_BENCH_FLAT:
		bench_flat = kvmalloc_array(total, sizeof(*bench_flat), GFP_KERNEL | __GFP_NOWARN);
		return bench_flat ? 0 : -ENOMEM;
	case FLEX_ARRAY_BENCH_TYPED:
		flex_array_init(&bench_typed, total);
		return 0;
	case FLEX_ARRAY_BENCH_OLD:
		bench_old = flex_array_alloc(BENCH_SIZE, total, GFP_KERNEL);
		return bench_old ? 0 : -ENOMEM;
	case FLEX_ARRAY_BENCH_GENRADIX:
	case FLEX_ARRAY_BENCH_GENRADIX_INLINED:
		genradix_init(&bench_genradix);
		return BENCH_GENRADIX ? 0 : -EOPNOTSUPP;
	default:
		return 0;
	}
}

static void bench_destroy(u32 structure)
{
	switch (structure) {
	case FLEX_ARRAY_BENCH_FLAT:
		kvfree(bench_flat);
		bench_flat = NULL;
		break;
	case FLEX_ARRAY_BENCH_TYPED:
		flex_array_free_parts(&bench_typed.array);
		break;
	case FLEX_ARRAY_BENCH_OLD:
		flex_array_free(bench_old);
		bench_old = NULL;
		break;
	case FLEX_ARRAY_BENCH_GENRADIX:
	case FLEX_ARRAY_BENCH_GENRADIX_INLINED:
		genradix_free(&bench_genradix);
		break;
	case FLEX_ARRAY_BENCH_XARRAY:
		xa_destroy(&bench_xarray);
		break;
	}
}

static int bench_create(u32 structure, u32 total)
{
	u32 nr, step = PAGE_SIZE / BENCH_SIZE;
	int ret = bench_begin(structure, total);

	if (ret)
		return ret;
	switch (structure) {
	case FLEX_ARRAY_BENCH_TYPED:
		ret = flex_array_prealloc(&bench_typed.array, 0, total, GFP_KERNEL);
		break;
	case FLEX_ARRAY_BENCH_OLD:
		ret = flex_array_prealloc(bench_old, 0, total, GFP_KERNEL);
		break;
	case FLEX_ARRAY_BENCH_GENRADIX:
	case FLEX_ARRAY_BENCH_GENRADIX_INLINED:
		step = compat_genradix_element_max / sizeof(struct bench_small);
		for (nr = 0; nr < total && !ret; nr += step)
			ret = genradix_ptr_alloc(&bench_genradix, nr, GFP_KERNEL) ? 0 : -ENOMEM;
		if (!ret && total)
			ret = genradix_ptr_alloc(&bench_genradix, total - 1, GFP_KERNEL) ?
			      0 : -ENOMEM;
		break;
	case FLEX_ARRAY_BENCH_XARRAY:
		ret = bench_fill_xarray(total);
		break;
	}
	if (ret)
		bench_destroy(structure);
	return ret;
}

/* The loop: INDEX is computed alike for all, BODY uses nr. */
#define BENCH_LOOP(INDEX, BODY)							\
	do {									\
		u32 i, nr;							\
										\
		for (i = 0; i < n; i++) {					\
			nr = (INDEX);						\
			BODY;							\
		}								\
	} while (0)

/* As a client would: a NULL is looked for where there can be one. */
#define BENCH_ADD(SUM, POINTER)							\
	do {									\
		const struct bench_element *__element = (const void *)(POINTER); \
										\
		if (likely(__element))						\
			(SUM) += READ_ONCE(__element->byte[0]);			\
	} while (0)

#define BENCH_SET(POINTER)							\
	do {									\
		struct bench_element *__element = (void *)(POINTER);		\
										\
		if (likely(__element))						\
			*__element = bench_source;				\
	} while (0)

static struct bench_element bench_source;

/* FLAT cannot be NULL, and a client knows. */
#define BENCH_GETS(SUM, INDEX)							\
	do {									\
		switch (run->structure) {					\
		case FLEX_ARRAY_BENCH_NONE:					\
			BENCH_LOOP(INDEX, (SUM) += nr);				\
			break;							\
		case FLEX_ARRAY_BENCH_FLAT:					\
			BENCH_LOOP(INDEX, (SUM) += READ_ONCE(bench_flat[nr].byte[0])); \
			break;							\
		case FLEX_ARRAY_BENCH_TYPED:					\
			BENCH_LOOP(INDEX, BENCH_ADD(SUM, flex_array_ptr(&bench_typed, nr))); \
			break;							\
		case FLEX_ARRAY_BENCH_OLD:					\
			BENCH_LOOP(INDEX, BENCH_ADD(SUM, flex_array_get(bench_old, nr))); \
			break;							\
		case FLEX_ARRAY_BENCH_GENRADIX:					\
			BENCH_LOOP(INDEX, BENCH_ADD(SUM, genradix_ptr(&bench_genradix, nr))); \
			break;							\
		case FLEX_ARRAY_BENCH_GENRADIX_INLINED:				\
			BENCH_LOOP(INDEX,					\
				   BENCH_ADD(SUM, compat_genradix_ptr_inlined(&bench_genradix, \
									      nr))); \
			break;							\
		case FLEX_ARRAY_BENCH_XARRAY:					\
			BENCH_LOOP(INDEX, (SUM) += xa_to_value(xa_load(&bench_xarray, nr))); \
			break;							\
		}								\
	} while (0)

static noinline u64 bench_gets_random(const struct flex_array_bench_run *run, u32 n, u64 *state)
{
	struct flex_array_bench_random random = { .state = *state };
	u32 total = run->total;
	u64 sum = 0;

	BENCH_GETS(sum, flex_array_bench_random(&random, total));
	*state = random.state;
	return sum;
}

static noinline u64 bench_gets_sequential(const struct flex_array_bench_run *run, u32 from, u32 n)
{
	u64 sum = 0;

	BENCH_GETS(sum, from + i);
	return sum;
}

static noinline u64 bench_puts(const struct flex_array_bench_run *run, u32 n, u64 *state)
{
	struct flex_array_bench_random random = { .state = *state };
	u32 total = run->total;
	u64 sum = 0;

#define BENCH_PUTS(BODY) BENCH_LOOP(flex_array_bench_random(&random, total), BODY)
	switch (run->structure) {
	case FLEX_ARRAY_BENCH_NONE:
		BENCH_PUTS(sum += nr);
		break;
	case FLEX_ARRAY_BENCH_FLAT:
		BENCH_PUTS(bench_flat[nr] = bench_source);
		break;
	case FLEX_ARRAY_BENCH_TYPED:
		BENCH_PUTS(BENCH_SET(flex_array_ptr(&bench_typed, nr)));
		break;
	case FLEX_ARRAY_BENCH_OLD:
		BENCH_PUTS(flex_array_put(bench_old, nr, &bench_source, GFP_ATOMIC));
		break;
	case FLEX_ARRAY_BENCH_GENRADIX:
		BENCH_PUTS(BENCH_SET(genradix_ptr(&bench_genradix, nr)));
		break;
	case FLEX_ARRAY_BENCH_GENRADIX_INLINED:
		BENCH_PUTS(BENCH_SET(compat_genradix_ptr_inlined(&bench_genradix, nr)));
		break;
	case FLEX_ARRAY_BENCH_XARRAY:
		BENCH_PUTS(xa_store(&bench_xarray, nr, xa_mk_value(nr), GFP_ATOMIC));
		break;
	}
#undef BENCH_PUTS
	*state = random.state;
	return sum;
}

static u64 bench_run(const struct flex_array_bench_run *run, u32 from, u32 n, u64 *random)
{
	switch (run->op) {
	case FLEX_ARRAY_BENCH_GET_RANDOM:
		return bench_gets_random(run, n, random);
	case FLEX_ARRAY_BENCH_GET_SEQUENTIAL:
		return bench_gets_sequential(run, from, n);
	default:
		return bench_puts(run, n, random);
	}
}

static int bench_fill(u32 structure, u32 total)
{
	struct bench_element *element;
	int ret = bench_begin(structure, total);
	u32 nr;

	for (nr = 0; nr < total && !ret; nr++) {
		switch (structure) {
		case FLEX_ARRAY_BENCH_FLAT:
			bench_flat[nr] = bench_source;
			break;
		case FLEX_ARRAY_BENCH_TYPED:
			element = flex_array_ptr_alloc(&bench_typed, nr, GFP_KERNEL);
			if (element)
				*element = bench_source;
			ret = element ? 0 : -ENOMEM;
			break;
		case FLEX_ARRAY_BENCH_OLD:
			ret = flex_array_put(bench_old, nr, &bench_source, GFP_KERNEL);
			break;
		case FLEX_ARRAY_BENCH_GENRADIX:
		case FLEX_ARRAY_BENCH_GENRADIX_INLINED:
			element = (void *)genradix_ptr_alloc(&bench_genradix, nr, GFP_KERNEL);
			if (element)
				memcpy(element, &bench_source, sizeof(struct bench_small));
			ret = element ? 0 : -ENOMEM;
			break;
		case FLEX_ARRAY_BENCH_XARRAY:
			ret = xa_err(xa_store(&bench_xarray, nr, xa_mk_value(nr), GFP_KERNEL));
			break;
		}
	}
	return ret;
}

#define BENCH_TYPE(size)	__PASTE(flex_array_bench_, size)

const struct flex_array_bench_type BENCH_TYPE(BENCH_SIZE) = {
	.element_size = BENCH_SIZE,
	.create = bench_create,
	.destroy = bench_destroy,
	.run = bench_run,
	.fill = bench_fill,
};
