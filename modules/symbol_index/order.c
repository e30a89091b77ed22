// SPDX-License-Identifier: GPL-2.0-only
/*
 * The index in name order: the runs merged by a heap.
 *
 * The heap is our own: the kernel's <linux/min_heap.h> moves elements through a function
 * pointer of the caller, has changed its interface four times between 5.10 and 6.12, and has
 * no operation that changes the least element in place without a second pass.
 */
#include <linux/mm.h>
#include <linux/rculist.h>
#include <linux/slab.h>
#include <linux/symbol_index.h>
#include "generation.h"
#include "index.h"
#include "order.h"
#include "run.h"

/* Room for the runs of modules that come while memory is being allocated. */
#define SYMIDX_MERGE_SPARE	16

/* Equal names stay in the order of their runs' arrival. */
static bool symidx_cursor_less(const struct symidx_cursor *a, const struct symidx_cursor *b)
{
	int cmp = strcmp(a->name, b->name);

	return cmp ? cmp < 0 : a->order < b->order;
}

/* Restores the heap below @top, whose name may have become greater. */
static void symidx_merge_sift(struct symidx_merge *merge, unsigned int top)
{
	struct symidx_cursor *cursors = merge->cursors;
	unsigned int child;

	while ((child = 2 * top + 1) < merge->count) {
		if (child + 1 < merge->count &&
		    symidx_cursor_less(&cursors[child + 1], &cursors[child]))
			child++;
		if (!symidx_cursor_less(&cursors[child], &cursors[top]))
			break;
		swap(cursors[child], cursors[top]);
		top = child;
	}
}

/* Reads the next name of a cursor. False if there is none that the walk wants. */
static bool symidx_cursor_load(const struct symidx_merge *merge, struct symidx_cursor *cursor)
{
	if (cursor->next == cursor->run->count)
		return false;
	cursor->name = symidx_name(symidx_entry(cursor->run->first + cursor->next));
	return !strncmp(cursor->name, merge->prefix, merge->prefix_len);
}

/* Position in @run of the first name that sorts after @after and not before @prefix. */
static u32 symidx_run_search(const struct symidx_run *run, const char *prefix, const char *after)
{
	u32 first = 0, end = run->count, middle;
	const char *name;

	while (first < end) {
		middle = first + (end - first) / 2;
		name = symidx_name(symidx_entry(run->first + middle));
		if (strcmp(name, prefix) < 0 || (after && strcmp(name, after) <= 0))
			first = middle + 1;
		else
			end = middle;
	}
	return first;
}

static bool symidx_merge_fill(struct symidx_merge *merge, const struct symbol_index_query *query)
{
	struct symidx_cursor *cursor;
	struct symidx_run *run;
	unsigned int i, order = 0;

	merge->count = 0;
	list_for_each_entry_rcu(run, &symidx_runs, node, lockdep_is_held(&symidx_mutex)) {
		if (query->owner && strcmp(query->owner, symidx_owner_name(run)))
			continue;
		if (merge->count == merge->capacity)
			return false;
		cursor = &merge->cursors[merge->count];
		cursor->run = run;
		cursor->order = order++;
		cursor->next = symidx_run_search(run, merge->prefix, query->after);
		if (symidx_cursor_load(merge, cursor))
			merge->count++;
	}
	for (i = merge->count / 2; i-- > 0;)
		symidx_merge_sift(merge, i);
	return true;
}

/**
 * symidx_merge_begin() - start a walk over the index in name order
 * @merge: the walk
 * @query: what to walk over; its strings must stay
 *
 * Context: may sleep.
 * Return: 0, in an RCU read-side critical section, which symidx_merge_end() leaves; or
 * -ENOMEM, outside of one.
 */
int symidx_merge_begin(struct symidx_merge *merge, const struct symbol_index_query *query)
{
	merge->prefix = query->prefix ?: "";
	merge->prefix_len = strlen(merge->prefix);
	for (;;) {
		merge->capacity = symidx_runs_count() + SYMIDX_MERGE_SPARE;
		merge->cursors = kvmalloc_array(merge->capacity, sizeof(*merge->cursors),
						GFP_KERNEL);
		if (!merge->cursors)
			return -ENOMEM;
		rcu_read_lock();
		if (symidx_merge_fill(merge, query))
			return 0;
		symidx_merge_end(merge);
	}
}

/* The next entry, or NULL at the end. */
const struct symidx_entry *symidx_merge_next(struct symidx_merge *merge)
{
	struct symidx_cursor *top = merge->cursors;
	const struct symidx_entry *entry;

	if (!merge->count)
		return NULL;
	entry = symidx_entry(top->run->first + top->next++);
	merge->last_order = top->order;
	if (!symidx_cursor_load(merge, top))
		*top = merge->cursors[--merge->count];
	symidx_merge_sift(merge, 0);
	return entry;
}

void symidx_merge_end(struct symidx_merge *merge)
{
	rcu_read_unlock();
	kvfree(merge->cursors);
}
