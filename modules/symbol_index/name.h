/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The hash of a name, as <linux/symbol_index_format.h> defines it, and the
 * comparison of two names; a word at a time where the architecture can read
 * beyond the end of a string without a fault.
 */
#ifndef _SYMBOL_INDEX_NAME_H
#define _SYMBOL_INDEX_NAME_H

#include <linux/string.h>
#include <linux/types.h>
#include <uapi/linux/symbol_index_format.h>

static inline u64 symidx_hash_step(u64 hash, u64 word)
{
	hash = (hash ^ word) * SYMBOL_INDEX_FORMAT_HASH_MULTIPLIER;
	return hash ^ (hash >> 32);
}

static inline u32 symidx_hash_end(u64 hash)
{
	return (hash * SYMBOL_INDEX_FORMAT_HASH_MULTIPLIER) >> 32;
}

#if defined(CONFIG_DCACHE_WORD_ACCESS) && defined(CONFIG_64BIT) && !defined(__BIG_ENDIAN)

#include <asm/word-at-a-time.h>

/* Ones in all bytes before the first zero byte that has_zero() reported. */
static inline unsigned long symidx_before_zero(unsigned long word, unsigned long zero,
					       const struct word_at_a_time *constants)
{
	return zero_bytemask(create_zero_mask(prep_zero_mask(word, zero, constants)));
}

static inline u32 symidx_name_hash(const char *name)
{
	const struct word_at_a_time constants = WORD_AT_A_TIME_CONSTANTS;
	unsigned long word, zero;
	u64 hash = 0;

	while (word = load_unaligned_zeropad(name), !has_zero(word, &zero, &constants)) {
		hash = symidx_hash_step(hash, word);
		name += sizeof(word);
	}
	word &= symidx_before_zero(word, zero, &constants);
	return symidx_hash_end(symidx_hash_step(hash, word));
}

static inline bool symidx_name_equal(const char *a, const char *b)
{
	const struct word_at_a_time constants = WORD_AT_A_TIME_CONSTANTS;
	unsigned long word, diff, zero;

	for (;;) {
		word = load_unaligned_zeropad(a);
		diff = word ^ load_unaligned_zeropad(b);
		if (has_zero(word, &zero, &constants))
			break;
		if (diff)
			return false;
		a += sizeof(word);
		b += sizeof(word);
	}
	/* What follows the end of the names is not theirs. */
	return !(diff & (symidx_before_zero(word, zero, &constants) << 8 | 0xff));
}

#else

static inline u32 symidx_name_hash(const char *name)
{
	u64 hash = 0, word = 0;
	unsigned int shift = 0;

	for (;; name++) {
		word |= (u64)(u8)*name << shift;
		if (!*name)
			break;
		shift += 8;
		if (shift == 64) {
			hash = symidx_hash_step(hash, word);
			word = 0;
			shift = 0;
		}
	}
	return symidx_hash_end(symidx_hash_step(hash, word));
}

static inline bool symidx_name_equal(const char *a, const char *b)
{
	return !strcmp(a, b);
}

#endif

#endif /* _SYMBOL_INDEX_NAME_H */
