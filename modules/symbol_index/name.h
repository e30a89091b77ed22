/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Two hashes of a name: the one that <linux/symbol_index_format.h> defines, and one
 * for searches in memory that takes fewer instructions. And the comparison of names.
 * A word at a time where the architecture can read beyond the end of a string
 * without a fault.
 */
#ifndef _SYMBOL_INDEX_NAME_H
#define _SYMBOL_INDEX_NAME_H

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/string.h>
#include <linux/types.h>
#include <uapi/linux/symbol_index_format.h>

/* The hash of the index format. */
static inline u32 symidx_format_hash(const char *name)
{
	unsigned int shift = 0;
	u64 hash = 0, word = 0;

	for (;; name++) {
		word |= (u64)(u8)*name << shift;
		shift += 8;
		if (*name && shift < 64)
			continue;
		hash = (hash ^ word) * SYMBOL_INDEX_FORMAT_HASH_MULTIPLIER;
		hash ^= hash >> 32;
		if (!*name)
			return (hash * SYMBOL_INDEX_FORMAT_HASH_MULTIPLIER) >> 32;
		word = 0;
		shift = 0;
	}
}

/**
 * struct symidx_key - what is known of a name once it has been hashed
 * @hash: its hash in memory; the upper bits are the good ones
 * @last: its last word, which holds its end
 * @mask: the bytes of that word that are the name's, its end included
 */
struct symidx_key {
	u64 hash;
	const char *last;
	unsigned long mask;
};

/* 2^64 by the golden ratio. */
#define SYMIDX_HASH_MULTIPLIER	0x9e3779b97f4a7c15ULL

static __always_inline u64 symidx_hash_step(u64 hash, u64 word, u64 multiplier)
{
	return (rol64(hash, 5) ^ word) * multiplier;
}

#if defined(CONFIG_DCACHE_WORD_ACCESS) && defined(CONFIG_64BIT) && !defined(__BIG_ENDIAN)

#include <asm/word-at-a-time.h>

/* In a register: of a constant that it knows the compiler makes several loads. */
static __always_inline u64 symidx_in_register(u64 constant)
{
	OPTIMIZER_HIDE_VAR(constant);
	return constant;
}

static __always_inline struct symidx_key symidx_name_key(const char *name)
{
	const struct word_at_a_time constants = {
		.one_bits = symidx_in_register(REPEAT_BYTE(0x01)),
		.high_bits = symidx_in_register(REPEAT_BYTE(0x80)),
	};
	const u64 multiplier = symidx_in_register(SYMIDX_HASH_MULTIPLIER);
	unsigned long word, zero, text;
	struct symidx_key key;
	u64 hash = 0;

	while (word = load_unaligned_zeropad(name), !has_zero(word, &zero, &constants)) {
		hash = symidx_hash_step(hash, word, multiplier);
		name += sizeof(word);
	}
	zero = prep_zero_mask(word, zero, &constants);
	/* Ones in all bytes before the first that is zero. */
	text = zero_bytemask(create_zero_mask(zero));
	key.hash = symidx_hash_step(hash, word & text, multiplier);
	key.last = name;
	key.mask = text << 8 | 0xff;
	return key;
}

/* Whether @other is @name, whose key is @key. There is no zero before its last word. */
static __always_inline bool symidx_name_is(const char *other, const char *name,
					   const struct symidx_key *key)
{
	for (; name != key->last; name += sizeof(long), other += sizeof(long))
		if (load_unaligned_zeropad(name) != load_unaligned_zeropad(other))
			return false;
	return !((load_unaligned_zeropad(name) ^ load_unaligned_zeropad(other)) & key->mask);
}

#else

static inline struct symidx_key symidx_name_key(const char *name)
{
	unsigned int shift = 0;
	u64 hash = 0, word = 0;

	for (;; name++) {
		word |= (u64)(u8)*name << shift;
		if (!*name)
			break;
		shift += 8;
		if (shift == 64) {
			hash = symidx_hash_step(hash, word, SYMIDX_HASH_MULTIPLIER);
			word = 0;
			shift = 0;
		}
	}
	return (struct symidx_key) {
		.hash = symidx_hash_step(hash, word, SYMIDX_HASH_MULTIPLIER),
	};
}

static inline bool symidx_name_is(const char *other, const char *name,
				  const struct symidx_key *key)
{
	return !strcmp(other, name);
}

#endif

#endif /* _SYMBOL_INDEX_NAME_H */
