/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Finds bytes that the kernel never wrote in what it gave to userspace. The
 * sanitizer kernel fills fresh stack variables with 0xfe and slab objects with
 * 0x5a (fresh) or 0x6b (freed), free pages with 0xaa; on a stock kernel there
 * is no poison and nothing is found.
 */
#ifndef WAYMARK_SELFTESTS_POISON_H
#define WAYMARK_SELFTESTS_POISON_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

/*
 * This many equal poison bytes in a row are no accident in a small reply. Fewer may be: what
 * is to be zero has to be looked at by itself.
 */
#define POISON_RUN 4

static inline int poison_is(unsigned char byte)
{
	return byte == 0xfe || byte == 0x5a || byte == 0x6b || byte == 0xaa;
}

/* The offset of the first run of poison in a reply, or -1. */
static inline long poison_find(const void *reply, size_t size)
{
	const unsigned char *byte = (const unsigned char *)reply;
	size_t i, run = 1;

	for (i = 1; i < size; i++) {
		run = byte[i] == byte[i - 1] && poison_is(byte[i]) ? run + 1 : 1;
		if (run >= POISON_RUN)
			return (long)(i + 1 - POISON_RUN);
	}
	return -1;
}

static inline int poison_is_zero(const void *bytes, size_t size)
{
	const unsigned char *byte = (const unsigned char *)bytes;
	size_t i;

	for (i = 0; i < size; i++)
		if (byte[i])
			return 0;
	return 1;
}

/* Whether there is a string in a field, and nothing behind its end. */
static inline int poison_is_string(const char *field, size_t size)
{
	size_t length = strnlen(field, size);

	return length < size && poison_is_zero(field + length, size - length);
}

/*
 * The offset of the first aligned word in a reply that could be an address of
 * the kernel (x86-64, arm64: the upper half; -1 and small negative numbers are
 * errnos), or -1.
 */
static inline long poison_find_address(const void *reply, size_t size)
{
	size_t i;

	for (i = 0; i + sizeof(uint64_t) <= size; i += sizeof(uint64_t)) {
		uint64_t word = 0;
		size_t b;

		for (b = 0; b < sizeof(word); b++)
			word |= (uint64_t)((const unsigned char *)reply)[i + b] << 8 * b;
		if (word >= 0xffff800000000000ULL && word < 0xfffffffffffff000ULL)
			return (long)i;
	}
	return -1;
}

#endif
