/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Names: two hashes, and comparison. <linux/symbol_index_format.h> defines one of the hashes;
 * searches in memory use the other one, which takes fewer instructions. Where the
 * architecture can read beyond the end of a string without a fault, names are read a word at a
 * time.
 */
#ifndef _SYMBOL_INDEX_NAME_H
#define _SYMBOL_INDEX_NAME_H

#include <linux/bitops.h>
#include <linux/compiler.h>
#include <linux/kernel.h>
#include <linux/string.h>
#include <linux/swab.h>
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

/* 2^64 divided by the golden ratio. */
#define SYMIDX_HASH_MULTIPLIER	0x9e3779b97f4a7c15ULL

/*
 * The hash in memory. It ends with the first byte that is zero or above 0x80, inclusive: with
 * both as the end, the end is found in fewer instructions, and names are ASCII. Names that
 * differ only after such a byte collide and are told apart by comparison.
 */
static __always_inline u64 symidx_hash_step(u64 hash, u64 word, u64 multiplier)
{
	return (hash + word) * multiplier;
}

/* The upper half of the hash is the better one. Puts its best bits at the bottom. */
static __always_inline u32 symidx_hash_tag(u64 hash)
{
	return swab64(hash);
}

/**
 * struct symidx_key - a name that is searched for
 * @tag: its tag
 * @last: the word of the name in which the hash ends
 * @word: that word, up to the end
 * @mask: covers the bytes up to the end
 *
 * All but the tag are for symidx_key_is().
 */
struct symidx_key {
	u32 tag;
	const char *last;
	u64 word;
	u64 mask;
};

/* As symidx_names_compare(), from the start, for names with any bytes. */
static inline int symidx_names_compare_bytes(const char *name, const char *other, size_t *at)
{
	size_t i = 0;

	while (name[i] && name[i] == other[i])
		i++;
	*at = round_down(i, sizeof(u64));
	return (u8)name[i] - (u8)other[i];
}

#if defined(CONFIG_DCACHE_WORD_ACCESS) && defined(CONFIG_64BIT) && !defined(__BIG_ENDIAN)

#include <asm/word-at-a-time.h>

/* Hide the constant, or the compiler reloads it. */
static __always_inline u64 symidx_in_register(u64 constant)
{
	OPTIMIZER_HIDE_VAR(constant);
	return constant;
}

/**
 * struct symidx_constants - constants that find the end of a name in a word
 * @less_one: added to a word, subtracts one from each byte
 * @tops: the top bits of all bytes
 */
struct symidx_constants {
	u64 less_one;
	u64 tops;
};

static __always_inline struct symidx_constants symidx_constants(void)
{
	return (struct symidx_constants) {
		.less_one = symidx_in_register(-REPEAT_BYTE(0x01)),
		.tops = symidx_in_register(REPEAT_BYTE(0x80)),
	};
}

/*
 * Returns 0 if no byte of @word is zero or above 0x80. Otherwise the lowest bit set is the top
 * bit of the first such byte. Higher bits can be wrong, as subtracting from zero borrows.
 */
static __always_inline u64 symidx_ends(u64 word, struct symidx_constants constants)
{
	return (word + constants.less_one) & constants.tops;
}

/* A mask of the bytes up to the lowest bit of @ends, or of all bytes if that is 0. */
static __always_inline u64 symidx_up_to_end(u64 ends)
{
	return ends ^ (ends - 1);
}

static __always_inline struct symidx_key symidx_key(const char *name)
{
	const u64 multiplier = symidx_in_register(SYMIDX_HASH_MULTIPLIER);
	const struct symidx_constants constants = symidx_constants();
	u64 word, ends, mask, hash = 0;

	while (word = load_unaligned_zeropad(name), !(ends = symidx_ends(word, constants))) {
		hash = symidx_hash_step(hash, word, multiplier);
		name += sizeof(word);
	}
	mask = symidx_up_to_end(ends);
	word &= mask;
	return (struct symidx_key) {
		.tag = symidx_hash_tag(symidx_hash_step(hash, word, multiplier)),
		.last = name,
		.word = word,
		.mask = mask,
	};
}

/**
 * symidx_key_is() - compare a name with another one
 * @key: symidx_key() of the name
 * @name: the name
 * @other: the other name
 *
 * The key knows where the name ends, so only words are compared.
 *
 * Return: true if both are the same; false if they differ, or if the key ends at a byte above
 * 0x80, where the name may go on.
 */
static __always_inline bool symidx_key_is(struct symidx_key key, const char *name,
					  const char *other)
{
	long i = name - key.last;

	for (other -= i; i; i += sizeof(key.word))
		if (read_word_at_a_time(key.last + i) != load_unaligned_zeropad(other + i))
			return false;
	if ((load_unaligned_zeropad(other) & key.mask) != key.word)
		return false;
	/* If the end is not zero, its top bit is set, and so is that of the mask. */
	return likely(key.word <= key.mask >> 1);
}

/* Are two names the same? They may contain any bytes. */
static __always_inline bool symidx_names_equal(const char *name, const char *other)
{
	const struct symidx_constants constants = symidx_constants();
	u64 word, ends;

	for (;; name += sizeof(word), other += sizeof(word)) {
		word = load_unaligned_zeropad(name);
		ends = symidx_ends(word, constants);
		/* A zero has no top bit, another end has. */
		if (unlikely(ends))
			ends &= ~word;
		if (unlikely(ends))
			return !((word ^ load_unaligned_zeropad(other)) & symidx_up_to_end(ends));
		if (word != load_unaligned_zeropad(other))
			return false;
	}
}

/**
 * symidx_name_tag_above() - hash a name that probably sorts after another one
 * @name: the name
 * @last: the other name
 * @tag: the tag of @last; set to that of @name
 * @at: set to the offset of the first word in which they differ
 *
 * Return: true if @name sorts after @last; false if it does not, or if a comparison of all bytes
 * is needed to tell. Then @at is not valid.
 */
static __always_inline bool symidx_name_tag_above(const char *name, const char *last, u32 *tag,
						  size_t *at)
{
	const u64 multiplier = symidx_in_register(SYMIDX_HASH_MULTIPLIER);
	const struct symidx_constants constants = symidx_constants();
	u64 word, other, ends, hash = 0;
	const u32 last_tag = *tag;
	size_t i = 0;
	bool above;

	for (;;) {
		word = load_unaligned_zeropad(name + i);
		other = load_unaligned_zeropad(last + i);
		ends = symidx_ends(word, constants);
		if (ends || word != other)
			break;
		hash = symidx_hash_step(hash, word, multiplier);
		i += sizeof(word);
	}
	*at = i;
	above = swab64(word) > swab64(other);
	while (!ends) {
		hash = symidx_hash_step(hash, word, multiplier);
		i += sizeof(word);
		word = load_unaligned_zeropad(name + i);
		ends = symidx_ends(word, constants);
	}
	*tag = symidx_hash_tag(symidx_hash_step(hash, word & symidx_up_to_end(ends), multiplier));
	if (unlikely(!above))
		return false;
	/* Names that are equal or differ only after the end have one tag. */
	return likely(*tag != last_tag);
}

/* Is the first byte in which two words differ, up to an end, less in the first word? */
static __always_inline bool symidx_word_below(u64 word, u64 other, u64 up_to_end)
{
	return swab64(word & up_to_end) < swab64(other & up_to_end);
}

/**
 * symidx_names_compare() - compare two names
 * @name: one
 * @other: the other
 * @at: offset of a word before which the names are known to be the same; set to that of
 *	the first word in which they differ, if they do
 *
 * Return: as strcmp().
 */
static inline int symidx_names_compare(const char *name, const char *other, size_t *at)
{
	const struct symidx_constants constants = symidx_constants();
	u64 word, rest, ends, up_to_end;
	size_t i = *at;

	do {
		word = load_unaligned_zeropad(name + i);
		rest = load_unaligned_zeropad(other + i);
		ends = symidx_ends(word, constants);
		if (word != rest || ends)
			break;
		i += sizeof(word);
	} while (true);
	up_to_end = symidx_up_to_end(ends);
	if (unlikely(!((word ^ rest) & up_to_end)))
		return symidx_names_compare_bytes(name, other, at);
	*at = i;
	return symidx_word_below(word, rest, up_to_end) ? -1 : 1;
}

#else

static inline struct symidx_key symidx_key(const char *name)
{
	unsigned int shift = 0;
	u64 hash = 0, word = 0;

	for (;; name++) {
		word |= (u64)(u8)*name << shift;
		if (!*name || (u8)*name > 0x80) {
			hash = symidx_hash_step(hash, word, SYMIDX_HASH_MULTIPLIER);
			return (struct symidx_key) { .tag = symidx_hash_tag(hash) };
		}
		shift += 8;
		if (shift == 64) {
			hash = symidx_hash_step(hash, word, SYMIDX_HASH_MULTIPLIER);
			word = 0;
			shift = 0;
		}
	}
}

static inline bool symidx_key_is(struct symidx_key key, const char *name, const char *other)
{
	return !strcmp(name, other);
}

static inline bool symidx_names_equal(const char *name, const char *other)
{
	return !strcmp(name, other);
}

static inline int symidx_names_compare(const char *name, const char *other, size_t *at)
{
	return symidx_names_compare_bytes(name, other, at);
}

static inline bool symidx_name_tag_above(const char *name, const char *last, u32 *tag, size_t *at)
{
	*tag = symidx_key(name).tag;
	return symidx_names_compare(name, last, at) > 0;
}

#endif

static __always_inline u32 symidx_name_tag(const char *name)
{
	return symidx_key(name).tag;
}

#endif /* _SYMBOL_INDEX_NAME_H */
