// SPDX-License-Identifier: GPL-2.0-only
/*
 * The merge of the tables of an owner, against a plain sort. Later kernels have one table
 * an owner; here there are five, as many as any kernel has, whatever the kernel.
 */
#include <kunit/test.h>
#include <linux/module.h>
#include <linux/prandom.h>
#include <linux/sort.h>
#include <linux/string.h>
#include <linux/vmalloc.h>
#include "compat/export_table.h"

#undef COMPAT_EXPORT_TABLES
#define COMPAT_EXPORT_TABLES	5

#include "../fill.c"

#define SEED		20261121
#define ROUNDS		60
#define NAMES_MAX	400
#define AREA_SIZE	(64 * PAGE_SIZE)
#define ALL_TABLES	(BIT(COMPAT_EXPORT_TABLES) - 1)

/* In place of that of entry.c. */
typeof(symidx_entries) symidx_entries;

/**
 * struct merge - an owner, and the order in which its entries have to be
 * @random: what all choices come from
 * @area: of symbols from its start and names up to its end; nothing is mapped behind it
 * @symbols: number of symbols there
 * @free: the least name there, where the next one has to end
 * @sorted: the names in order, each once
 * @in: by name, the tables that have it
 * @count: number of names
 * @tables: the tables
 * @crcs: by table
 * @gpl_flags: by table
 * @run: what is filled
 */
struct merge {
	struct rnd_state random;
	struct compat_kernel_symbol *area;
	unsigned int symbols;
	char *free;
	const char *sorted[NAMES_MAX];
	unsigned int in[NAMES_MAX];
	unsigned int count;
	struct compat_export_table tables[COMPAT_EXPORT_TABLES];
	u32 crcs[COMPAT_EXPORT_TABLES][NAMES_MAX];
	u8 gpl_flags[COMPAT_EXPORT_TABLES][NAMES_MAX];
	struct symidx_run run;
};

static unsigned int below(struct merge *merge, unsigned int limit)
{
	return prandom_u32_state(&merge->random) % limit;
}

static void start_over(struct merge *merge)
{
	merge->symbols = 0;
	merge->free = (char *)merge->area + AREA_SIZE;
	merge->count = 0;
}

static int merge_init(struct kunit *test)
{
	struct merge *merge = kunit_kzalloc(test, sizeof(*merge), GFP_KERNEL);

	if (!merge)
		return -ENOMEM;
	merge->area = vmalloc(AREA_SIZE);
	if (!merge->area)
		return -ENOMEM;
	prandom_seed_state(&merge->random, SEED);
	prandom_bytes_state(&merge->random, merge->gpl_flags, sizeof(merge->gpl_flags));
	start_over(merge);
	flex_array_init(&symidx_entries, 0x10000);
	kunit_info(test, "seed %d\n", SEED);
	test->priv = merge;
	return 0;
}

static void merge_exit(struct kunit *test)
{
	struct merge *merge = test->priv;

	if (!merge)
		return;
	flex_array_free_parts(&symidx_entries.array);
	vfree(merge->area);
}

/* A name of @len bytes below the last one, to be filled in. */
static char *name_of(struct merge *merge, size_t len)
{
	merge->free -= len + 1;
	merge->free[len] = '\0';
	return merge->free;
}

/* The same name elsewhere, with something else behind it. */
static const char *copy_of(struct merge *merge, const char *name)
{
	size_t len = strlen(name);

	return memcpy(name_of(merge, len), name, len);
}

static int compare_names(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

static void sort_names(struct merge *merge)
{
	unsigned int i, once = 0;

	sort(merge->sorted, merge->count, sizeof(merge->sorted[0]), compare_names, NULL);
	for (i = 0; i < merge->count; i++)
		if (!once || strcmp(merge->sorted[once - 1], merge->sorted[i]))
			merge->sorted[once++] = merge->sorted[i];
	merge->count = once;
}

/*
 * Names that differ after about as many bytes, and some of any length; of few letters, so
 * that one is the start of another and they differ late in a word as well. All bytes but
 * zero are letters to the kernel.
 */
static void random_names(struct merge *merge)
{
	static const char prefix[] = "__a_symbol_of_a_subsystem_with_long_names_";
	static const char letters[] = "ab_\x7f\x80\x81\xff";
	unsigned int kinds = below(merge, 2) ? 3 : sizeof(letters) - 1;
	unsigned int usual = below(merge, sizeof(prefix) - 4);
	unsigned int count = 1 + below(merge, NAMES_MAX);
	size_t shared, own, i;
	char *name;

	start_over(merge);
	while (merge->count < count) {
		shared = below(merge, 4) ? usual + below(merge, 4) : below(merge, sizeof(prefix));
		own = 1 + below(merge, 10);
		name = name_of(merge, shared + own);
		memcpy(name, prefix, shared);
		for (i = 0; i < own; i++)
			name[shared + i] = letters[below(merge, kinds)];
		merge->sorted[merge->count++] = name;
	}
	sort_names(merge);
}

/* Some of @tables, one at least and often no more. */
static unsigned int choose_tables(struct merge *merge, unsigned int tables)
{
	unsigned int some;

	do {
		some = below(merge, 3) ? BIT(below(merge, COMPAT_EXPORT_TABLES))
				       : below(merge, ALL_TABLES + 1);
	} while (!(some & tables));
	return some & tables;
}

/* Each name into some of @tables, often in the same ones as the name before. */
static void deal(struct merge *merge, unsigned int tables)
{
	unsigned int i, some = tables, change = 1 + below(merge, 8);

	for (i = 0; i < merge->count; i++) {
		if (!below(merge, change))
			some = choose_tables(merge, tables);
		merge->in[i] = some;
	}
}

static void set_name(struct compat_kernel_symbol *sym, const char *name)
{
	memset(sym, 0, sizeof(*sym));
#ifdef CONFIG_HAVE_ARCH_PREL32_RELOCATIONS
	sym->name_offset = (unsigned long)name - (unsigned long)&sym->name_offset;
#else
	sym->name = name;
#endif
}

static void make_tables(struct merge *merge)
{
	unsigned int t, i;
	const char *name;

	merge->symbols = 0;
	for (t = 0; t < COMPAT_EXPORT_TABLES; t++) {
		struct compat_export_table *table = &merge->tables[t];

		*table = (struct compat_export_table) {
			.start = merge->area + merge->symbols,
			.crcs = below(merge, 4) ? merge->crcs[t] : NULL,
			.flags = t,
		};
		if (COMPAT_EXPORT_FLAG_TABLE && below(merge, 4))
			table->gpl_flags = merge->gpl_flags[t];
		for (i = 0; i < merge->count; i++) {
			if (!(merge->in[i] & BIT(t)))
				continue;
			name = merge->sorted[i];
			if (below(merge, 2))
				name = copy_of(merge, name);
			set_name(&merge->area[merge->symbols++], name);
			table->count++;
		}
	}
}

/* Into entries that begin and end anywhere in a part, with one more on either side. */
static bool fill(struct kunit *test, struct merge *merge)
{
	struct symidx_run *run = &merge->run;

	run->first = 1 + below(merge, 200);
	run->count = merge->symbols;
	flex_array_free_parts(&symidx_entries.array);
	KUNIT_ASSERT_EQ(test, 0, flex_array_prealloc(&symidx_entries.array, run->first - 1,
						     run->count + 2, GFP_KERNEL | __GFP_ZERO));
	return symidx_run_fill(run, merge->tables);
}

/* Whether @entry is symbol @i of table @t, whose name is @name. */
static bool entry_is(const struct merge *merge, const struct symidx_entry *entry,
		     unsigned int t, unsigned int i, const char *name)
{
	const struct compat_export_table *table = &merge->tables[t];
	unsigned int flags = t;

	if (table->gpl_flags)
		flags = merge->gpl_flags[t][i] & 1 ? COMPAT_EXPORT_GPL_ONLY : 0;
	return entry->run == &merge->run && entry->sym == table->start + i &&
	       !strcmp(symidx_name(entry), name) && entry->tag == symidx_name_tag(name) &&
	       entry->crc == (table->crcs ? &merge->crcs[t][i] : NULL) && entry->flags == flags;
}

/* Of equal names that of the first table leads; nothing is written beside the run. */
static void check(struct kunit *test, const struct merge *merge)
{
	unsigned int next[COMPAT_EXPORT_TABLES] = {}, number = merge->run.first, i, t;
	static const struct symidx_entry none;
	bool good;

	for (i = 0; i < merge->count; i++) {
		for (t = 0; t < COMPAT_EXPORT_TABLES; t++) {
			if (!(merge->in[i] & BIT(t)))
				continue;
			good = entry_is(merge, symidx_entry(number), t, next[t]++,
					merge->sorted[i]);
			KUNIT_ASSERT_TRUE_MSG(test, good, "%*pE of table %u is not entry %u",
					      (int)strlen(merge->sorted[i]), merge->sorted[i], t,
					      number - merge->run.first);
			number++;
		}
	}
	KUNIT_EXPECT_EQ(test, merge->run.count, number - merge->run.first);
	good = !memcmp(symidx_entry(number), &none, sizeof(none)) &&
	       !memcmp(symidx_entry(merge->run.first - 1), &none, sizeof(none));
	KUNIT_EXPECT_TRUE(test, good);
}

static void fill_and_check(struct kunit *test, struct merge *merge)
{
	make_tables(merge);
	KUNIT_ASSERT_TRUE(test, fill(test, merge));
	check(test, merge);
}

static void as_a_plain_sort(struct kunit *test)
{
	struct merge *merge = test->priv;
	unsigned int round;

	for (round = 0; round < ROUNDS; round++) {
		random_names(merge);
		deal(merge, ALL_TABLES);
		fill_and_check(test, merge);
	}
}

/* Each set of tables that are not empty: one alone, two, ... */
static void some_tables_are_empty(struct kunit *test)
{
	struct merge *merge = test->priv;
	unsigned int tables;

	for (tables = 1; tables <= ALL_TABLES; tables++) {
		random_names(merge);
		deal(merge, tables);
		fill_and_check(test, merge);
	}
}

static void all_tables_are_empty(struct kunit *test)
{
	struct merge *merge = test->priv;

	fill_and_check(test, merge);
	KUNIT_EXPECT_EQ(test, merge->run.count, 0U);
}

static void first_table_leads(struct kunit *test)
{
	struct merge *merge = test->priv;
	unsigned int round, i;

	for (round = 0; round < ROUNDS; round++) {
		random_names(merge);
		for (i = 0; i < merge->count; i++)
			merge->in[i] = ALL_TABLES;
		fill_and_check(test, merge);
	}
}

/* The tails of one string: some end in the last word that is mapped, all with it. */
static void names_end_where_memory_does(struct kunit *test)
{
	static const char letters[] = "a\x81";
	struct merge *merge = test->priv;
	const size_t len = 40;
	unsigned int round;
	size_t i;
	char *name;

	for (round = 0; round < ROUNDS / 3; round++) {
		start_over(merge);
		name = name_of(merge, len);
		KUNIT_ASSERT_PTR_EQ(test, name + len + 1, (char *)merge->area + AREA_SIZE);
		/* Of one letter, each is the start of the next one. */
		memset(name, letters[round % 2], len);
		if (round % 4 >= 2)
			name[below(merge, len)] = 'b';
		for (i = 0; i < len; i++)
			merge->sorted[merge->count++] = name + i;
		sort_names(merge);
		KUNIT_ASSERT_EQ(test, merge->count, (unsigned int)len);
		deal(merge, ALL_TABLES);
		fill_and_check(test, merge);
	}
}

/* A table with two symbols at least. */
static unsigned int long_table(struct merge *merge)
{
	unsigned int t;

	do {
		t = below(merge, COMPAT_EXPORT_TABLES);
	} while (merge->tables[t].count < 2);
	return t;
}

static void table_is_not_sorted(struct kunit *test)
{
	struct merge *merge = test->priv;
	unsigned int round, t;

	for (round = 0; round < ROUNDS; round++) {
		struct compat_kernel_symbol *sym;
		const char *less, *more;

		do {
			random_names(merge);
		} while (merge->count <= COMPAT_EXPORT_TABLES);
		deal(merge, ALL_TABLES);
		make_tables(merge);
		t = long_table(merge);
		sym = merge->area + (merge->tables[t].start - merge->area) +
		      below(merge, merge->tables[t].count - 1);
		less = compat_symbol_name(sym);
		more = compat_symbol_name(sym + 1);

		/* The same name twice, then two the wrong way round. */
		set_name(sym + 1, copy_of(merge, less));
		KUNIT_EXPECT_FALSE(test, fill(test, merge));
		set_name(sym, more);
		KUNIT_EXPECT_FALSE(test, fill(test, merge));
		set_name(sym, less);
		set_name(sym + 1, more);
		KUNIT_EXPECT_TRUE(test, fill(test, merge));
		check(test, merge);
	}
}

static struct kunit_case symbol_index_cases[] = {
	KUNIT_CASE(as_a_plain_sort),
	KUNIT_CASE(some_tables_are_empty),
	KUNIT_CASE(all_tables_are_empty),
	KUNIT_CASE(first_table_leads),
	KUNIT_CASE(names_end_where_memory_does),
	KUNIT_CASE(table_is_not_sorted),
	{}
};

static struct kunit_suite symbol_index_suite = {
	.name = "symbol_index",
	.init = merge_init,
	.exit = merge_exit,
	.test_cases = symbol_index_cases,
};

kunit_test_suite(symbol_index_suite);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Unit tests of symbol_index");
