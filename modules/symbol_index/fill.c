// SPDX-License-Identifier: GPL-2.0-only
/*
 * The entries of a run: its tables merged in name order.
 *
 * Every module that loads pays for it. A name is compared with the one before it in its
 * table, which must be less. Where the two differ often tells as well whether the name
 * is still below the first one of another table, without a look at that.
 */
#include "index.h"
#include "name.h"

/**
 * struct symidx_head - what is left of a table
 * @table: the table
 * @name: name of the first symbol that is left
 * @index: its index
 * @tag: its tag
 */
struct symidx_head {
	const struct compat_export_table *table;
	const char *name;
	u32 index;
	u32 tag;
};

/**
 * struct symidx_filler - how far a run is filled
 * @run: the run
 * @number: of the next entry
 * @first: in @order, the head with the least name
 * @at: bytes before the first word in which the two least names differ, if there are two
 * @order: the heads of tables that are not at their end, by name, at the end of the array
 * @heads: by table
 */
struct symidx_filler {
	struct symidx_run *run;
	u32 number;
	struct symidx_head **first;
	size_t at;
	struct symidx_head *order[COMPAT_EXPORT_TABLES];
	struct symidx_head heads[COMPAT_EXPORT_TABLES];
};

static struct symidx_head **symidx_filler_end(struct symidx_filler *filler)
{
	return filler->order + COMPAT_EXPORT_TABLES;
}

/* The head with the second least name, or NULL. */
static struct symidx_head *symidx_filler_second(struct symidx_filler *filler)
{
	return filler->first + 1 < symidx_filler_end(filler) ? filler->first[1] : NULL;
}

/* Of equal names the one of the table searched first leads. */
static bool symidx_head_less(const struct symidx_head *a, const struct symidx_head *b, size_t *at)
{
	int cmp = symidx_names_compare(a->name, b->name, at);

	return cmp ? cmp < 0 : a < b;
}

/* Moves the head in @slot behind all that are less. */
static void symidx_filler_sink(struct symidx_filler *filler, struct symidx_head **slot)
{
	size_t at;

	for (; slot + 1 < symidx_filler_end(filler); slot++) {
		at = 0;
		if (symidx_head_less(slot[0], slot[1], &at))
			break;
		swap(slot[0], slot[1]);
	}
}

/* Compares the two least names. */
static void symidx_filler_meet(struct symidx_filler *filler)
{
	const struct symidx_head *second = symidx_filler_second(filler);

	filler->at = 0;
	if (second)
		symidx_names_compare(filler->first[0]->name, second->name, &filler->at);
}

static void symidx_filler_init(struct symidx_filler *filler, struct symidx_run *run,
			       const struct compat_export_table *tables)
{
	struct symidx_head *head = filler->heads;
	unsigned int t;

	filler->run = run;
	filler->number = run->first;
	filler->first = symidx_filler_end(filler);
	for (t = 0; t < COMPAT_EXPORT_TABLES; t++, head++) {
		if (!tables[t].count)
			continue;
		head->table = &tables[t];
		head->name = compat_symbol_name(head->table->start);
		head->index = 0;
		head->tag = symidx_name_tag(head->name);
		*--filler->first = head;
		symidx_filler_sink(filler, filler->first);
	}
	symidx_filler_meet(filler);
}

/* The least head is at the end of its table. */
static void symidx_filler_drop(struct symidx_filler *filler)
{
	filler->first++;
	symidx_filler_meet(filler);
}

/* The least head has come to be above the second; filler->at says where they differ. */
static void symidx_filler_pass(struct symidx_filler *filler)
{
	struct symidx_head **first = filler->first;

	swap(first[0], first[1]);
	if (first + 2 < symidx_filler_end(filler)) {
		symidx_filler_sink(filler, first + 1);
		symidx_filler_meet(filler);
	}
}

/*
 * Whether @name, the next one of the least head, has come to be above that of the second. It
 * differs from the name before after @at bytes, no more than those after which that differed
 * from the second.
 */
static bool symidx_filler_passed(struct symidx_filler *filler, const char *name, size_t at)
{
	struct symidx_head **first = filler->first;
	int cmp;

	if (at < filler->at) {
		filler->at = at;
		return true;
	}
	cmp = symidx_names_compare(name, first[1]->name, &filler->at);
	return cmp ? cmp > 0 : first[0] > first[1];
}

/*
 * Takes symbols from the least head for as long as it is the least one. Whether they are
 * in order: the module loader finds symbols by binary search; in a table that is not
 * sorted it does not find them all, and what it does find only it can say.
 */
static bool symidx_filler_advance(struct symidx_filler *filler)
{
	struct symidx_head *head = filler->first[0];
	const struct compat_export_table table = *head->table;
	const struct compat_kernel_symbol *sym = table.start + head->index;
	const struct compat_kernel_symbol *end = table.start + table.count;
	/* A name that differs from the one before after more bytes is still below the second. */
	long limit = symidx_filler_second(filler) ? filler->at : -1;
	const u32 *crc = compat_export_crc(&table, head->index);
	const size_t crc_step = crc ? 1 : 0;
	const u32 first = filler->number - head->index;
	struct symidx_entry *entry = symidx_entry(filler->number);
	struct symidx_entry *part_last = symidx_last_in_part(entry);
	struct symidx_run *run = filler->run;
	const char *name = head->name, *last;
	u32 tag = head->tag;
	size_t at;

	for (;;) {
		symidx_entry_set(entry, run, sym, crc, tag,
				 compat_export_flags(&table, sym - table.start));
		crc += crc_step;
		if (++sym == end)
			break;
		last = name;
		name = compat_symbol_name(sym);
		if (unlikely(!symidx_name_tag_above(name, last, &tag, &at))) {
			at = 0;
			if (symidx_names_compare(name, last, &at) <= 0)
				return false;
		}
		if ((long)at <= limit) {
			if (symidx_filler_passed(filler, name, at))
				break;
			limit = filler->at;
		}
		if (likely(entry != part_last)) {
			entry++;
		} else {
			entry = symidx_entry(first + (sym - table.start));
			part_last = symidx_last_in_part(entry);
		}
	}
	head->name = name;
	head->index = sym - table.start;
	head->tag = tag;
	filler->number = first + head->index;
	if (sym == end)
		symidx_filler_drop(filler);
	else
		symidx_filler_pass(filler);
	return true;
}

/**
 * symidx_run_fill() - fill the entries of a run
 * @run: the run
 * @tables: its COMPAT_EXPORT_TABLES tables
 *
 * Return: whether the tables are sorted; if not, the entries are not to be used.
 */
bool symidx_run_fill(struct symidx_run *run, const struct compat_export_table *tables)
{
	struct symidx_filler filler;

	symidx_filler_init(&filler, run, tables);
	while (filler.first < symidx_filler_end(&filler))
		if (!symidx_filler_advance(&filler))
			return false;
	return true;
}
