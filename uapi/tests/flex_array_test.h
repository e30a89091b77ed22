/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * /dev/flex_array_test: every call of flex_array, for tests. Not installed;
 * both sides are built from the same tree, so nothing here is versioned.
 *
 * Each descriptor has at most one array of its own. Calls that may run
 * concurrently by the rules of flex_array do, if several threads share one.
 */
#ifndef _UAPI_TESTS_FLEX_ARRAY_TEST_H
#define _UAPI_TESTS_FLEX_ARRAY_TEST_H

#include <linux/ioctl.h>
#include <linux/types.h>

enum flex_array_test_op {
	FLEX_ARRAY_TEST_CREATE,		/* kind, element_size, total, flags */
	FLEX_ARRAY_TEST_FREE,
	FLEX_ARRAY_TEST_FREE_PARTS,
	FLEX_ARRAY_TEST_PUT,		/* nr, data, flags */
	FLEX_ARRAY_TEST_PUT_NULL,	/* nr, flags: from no source */
	FLEX_ARRAY_TEST_PUT_PTR,	/* nr, value, flags */
	FLEX_ARRAY_TEST_GET,		/* nr, data; value = 1 if there is an element */
	FLEX_ARRAY_TEST_GET_PTR,	/* nr; value = the pointer */
	FLEX_ARRAY_TEST_CLEAR,		/* nr */
	FLEX_ARRAY_TEST_PREALLOC,	/* nr, count, flags */
	FLEX_ARRAY_TEST_SHRINK,
	FLEX_ARRAY_TEST_RESIZE,		/* total, flags */
	FLEX_ARRAY_TEST_NEXT,		/* nr in and out; value = 1 if there is one */
	FLEX_ARRAY_TEST_COUNT,		/* value = elements that for_each visits */
	FLEX_ARRAY_TEST_SORT,		/* count; elements compare as memory */
	FLEX_ARRAY_TEST_BSEARCH,	/* count, data; value = 1 if found */
	FLEX_ARRAY_TEST_INFO,		/* value = id in /dev/flex_array */
	FLEX_ARRAY_TEST_ADDRESS_MOVED,	/* nr; value = 1 if not where it was last time */
	FLEX_ARRAY_TEST_DIVISION,	/* value = element sizes with a wrong part */
	FLEX_ARRAY_TEST_FLAT,		/* count bytes: result of kmalloc, value: of kvmalloc */
};

enum flex_array_test_kind {
	FLEX_ARRAY_TEST_OLD,		/* flex_array_alloc() */
	FLEX_ARRAY_TEST_TYPED,		/* FLEX_ARRAY(), sizes 1, 8, 24, 64, 1000, 4096 */
	FLEX_ARRAY_TEST_STATIC,		/* DEFINE_FLEX_ARRAY(, 24, 1000000) */
	FLEX_ARRAY_TEST_STATIC_SMALL,	/* DEFINE_FLEX_ARRAY(, 24, 100) */
	FLEX_ARRAY_TEST_STATIC_TYPED,	/* DEFINE_FLEX_ARRAY_OF(24 bytes, , 1000000) */
	FLEX_ARRAY_TEST_NULL,		/* no array at all: NULL is passed */
};

/* Flags of a call. */
#define FLEX_ARRAY_TEST_ZERO	(1U << 0)	/* __GFP_ZERO */
#define FLEX_ARRAY_TEST_ATOMIC	(1U << 1)	/* GFP_ATOMIC under a spinlock */
#define FLEX_ARRAY_TEST_ACCOUNT	(1U << 2)	/* __GFP_ACCOUNT */

/*
 * ioctl(FLEX_ARRAY_TEST_CALL): 0 with the call's own return value in result.
 * ENXIO: the descriptor has no array; EEXIST: it has one; EBUSY: the static
 * array is taken; EINVAL: no such operation; ENOMEM: no bounce buffer.
 */
struct flex_array_test_call {
	__u32 op;
	__u32 kind;
	__s32 element_size;
	__u32 total;
	__u32 nr;
	__u32 count;
	__u32 flags;
	__s32 result;
	__u64 data;
	__u64 value;
};

#define FLEX_ARRAY_TEST_CALL	_IO(0xBF, 0x80)

#endif
