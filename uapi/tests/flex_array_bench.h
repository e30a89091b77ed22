/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/* /dev/flex_array_bench: what one access costs, measured in the kernel. Not installed. */
#ifndef _UAPI_TESTS_FLEX_ARRAY_BENCH_H
#define _UAPI_TESTS_FLEX_ARRAY_BENCH_H

#include <linux/ioctl.h>
#include <linux/types.h>

enum flex_array_bench_structure {
	FLEX_ARRAY_BENCH_NONE,			/* the loop around the others */
	FLEX_ARRAY_BENCH_FLAT,			/* kvmalloc() */
	FLEX_ARRAY_BENCH_TYPED,			/* FLEX_ARRAY() */
	FLEX_ARRAY_BENCH_OLD,			/* flex_array_alloc() */
	FLEX_ARRAY_BENCH_GENRADIX,		/* genradix_ptr() */
	FLEX_ARRAY_BENCH_GENRADIX_INLINED,	/* genradix_ptr_inlined(), where it exists */
	FLEX_ARRAY_BENCH_XARRAY,		/* a value an entry, no element */
	FLEX_ARRAY_BENCH_STRUCTURES
};

enum flex_array_bench_op {
	/* Measured together, on one and the same array: */
	FLEX_ARRAY_BENCH_GET_RANDOM,
	FLEX_ARRAY_BENCH_GET_SEQUENTIAL,
	FLEX_ARRAY_BENCH_PUT,			/* an element whose memory is there */
	/* One at a time: */
	FLEX_ARRAY_BENCH_PUT_ALLOC,		/* all elements in turn, into nothing */
	FLEX_ARRAY_BENCH_CREATE_FREE,		/* with memory for all elements */
	FLEX_ARRAY_BENCH_OPS
};

/*
 * ioctl(FLEX_ARRAY_BENCH_RUN): EINVAL: no such thing; EOPNOTSUPP: the
 * structure cannot hold such elements; ENOMEM.
 */
struct flex_array_bench_run {
	__u32 structure;
	__u32 op;
	__u32 element_size;	/* 1, 8, 24, 64 or 1000 */
	__u32 total;
	__u64 ops;		/* out: operations measured at a time */
	/* out, by op: least time that so many of them took */
	__u64 ns[FLEX_ARRAY_BENCH_OPS];
};

#define FLEX_ARRAY_BENCH_RUN	_IO(0xBF, 0x90)

#endif
