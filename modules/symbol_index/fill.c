// SPDX-License-Identifier: GPL-2.0-only
/*
 * Fills the entries of a run: merges the tables of the owner in name order.
 *
 * Every module that loads pays for this. A name is compared with its predecessor in the
 * table, which must sort before it. The position at which the two differ often tells as well
 * that the name still sorts before the next name of the other table, so that this need not be
 * read.
 */
#include "index.h"
#include "name.h"

/**
 * struct symidx_head - the first symbol of a table that is not in the run yet
 * @table: the table
 * @name: name of the symbol
 * @index: its index in the table
 * @tag: its tag
 */
struct symidx_head {
	const struct compat_export_table *table;
	const char *name;
	u32 index;
	u32 tag;
};

/**
 * struct symidx_filler - a run being filled
 * @run: the run
 * @number: number of the next entry
 * @first: in @order, the head whose name sorts first
 * @at: where there are two heads, the offset of the first word in which their names differ
 * @order: the heads of the tables that are not finished, sorted by name, at the end of the
 *	array
 * @heads: the head of each table
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

/* The head whose name sorts second, or NULL. */
static struct symidx_head *symidx_filler_second(struct symidx_filler *filler)
{
	return filler->first + 1 < symidx_filler_end(filler) ? filler->first[1] : NULL;
}

/* Of two equal names, that of the table that is searched first sorts first. */
static bool symidx_head_less(const struct symidx_head *a, const struct symidx_head *b, size_t *at)
{
	int cmp = symidx_names_compare(a->name, b->name, at);

	return cmp ? cmp < 0 : a < b;
}

/* Moves the head in @slot behind all heads that sort before it. */
static void symidx_filler_sort_in(struct symidx_filler *filler, struct symidx_head **slot)
{
	size_t at;

	for (; slot + 1 < symidx_filler_end(filler); slot++) {
		at = 0;
		if (symidx_head_less(slot[0], slot[1], &at))
			break;
		swap(slot[0], slot[1]);
	}
}

/* Finds out where the names of the first two heads differ. */
static void symidx_filler_compare(struct symidx_filler *filler)
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
		symidx_filler_sort_in(filler, filler->first);
	}
	symidx_filler_compare(filler);
}

/* The table of the first head is finished. */
static void symidx_filler_end_table(struct symidx_filler *filler)
{
	filler->first++;
	symidx_filler_compare(filler);
}

/* The first head now sorts after the second, from which it differs at filler->at. */
static void symidx_filler_switch(struct symidx_filler *filler)
{
	struct symidx_head **first = filler->first;

	swap(first[0], first[1]);
	if (first + 2 < symidx_filler_end(filler)) {
		symidx_filler_sort_in(filler, first + 1);
		symidx_filler_compare(filler);
	}
}

/*
 * Does @name, the next one in the table of the first head, sort after the second head?
 * @at: offset of the first word in which it differs from its predecessor, at most filler->at
 */
static bool symidx_filler_is_above(struct symidx_filler *filler, const char *name, size_t at)
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
 * Enters symbols of the first head as long as it sorts first. Returns false if the table is
 * not sorted: the module loader searches tables by halving, so which symbols of such a table
 * it finds cannot be told without asking it.
 */
static bool symidx_filler_advance(struct symidx_filler *filler)
{
	struct symidx_head *head = filler->first[0];
	const struct compat_export_table table = *head->table;
	const struct compat_kernel_symbol *sym = table.start + head->index;
	const struct compat_kernel_symbol *end = table.start + table.count;
	/* A name that differs from its predecessor further on still sorts before the second. */
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
			if (symidx_filler_is_above(filler, name, at))
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
		symidx_filler_end_table(filler);
	else
		symidx_filler_switch(filler);
	return true;
}

/**
 * symidx_run_fill() - fill the entries of a run
 * @run: the run
 * @tables: its COMPAT_EXPORT_TABLES tables
 *
 * Return: true if the tables are sorted. If not, the entries must not be used.
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
