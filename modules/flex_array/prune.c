// SPDX-License-Identifier: GPL-2.0-only
/*
 * Frees parts and nodes, with exclusive access to the array. /dev/flex_array may still read
 * the counts, so those are written by WRITE_ONCE().
 */
#include <linux/gfp.h>

#include "internal.h"

struct flex_array_pruning {
	struct flex_array *fa;
	u32 from;	/* parts before this one stay */
	bool unused;	/* free only parts without an element in use */
	u64 parts;	/* freed so far */
};

static bool flex_array_prune_part(struct flex_array_pruning *p, u32 part, unsigned long slot)
{
	if (part < p->from)
		return false;
	/* The base is no page of its own. */
	if (part == 0 && READ_ONCE(p->fa->flags) & __FLEX_ARRAY_RESIDENT)
		return false;
	if (p->unused && !flex_array_part_unused(p->fa, part, slot))
		return false;
	flex_array_part_free(p->fa, part, slot);
	WRITE_ONCE(p->fa->nr_parts, p->fa->nr_parts - 1);
	p->parts++;
	return true;
}

/* Returns true if nothing is left in @node, whose first part is @first. */
static bool flex_array_prune_node(struct flex_array_pruning *p, unsigned long *node,
				  unsigned int level, u32 first)
{
	struct flex_array *fa = p->fa;
	bool single = node == &fa->own_top || node == &fa->own_leaf;
	unsigned int i, slots = single ? 1 : __FLEX_ARRAY_NODE_SLOTS;
	unsigned long missing = level == 2 ? (unsigned long)flex_array_no_parts : 0;
	bool empty = true;

	for (i = 0; i < slots; i++) {
		u32 part = first + ((u32)i << (level - 1) * __FLEX_ARRAY_NODE_SHIFT);

		if (node[i] == missing)
			continue;
		if (level == 1) {
			if (flex_array_prune_part(p, part, node[i]))
				node[i] = 0;
			else
				empty = false;
		} else if (!flex_array_prune_node(p, (unsigned long *)node[i], level - 1, part) ||
			   single || (level > 2 && part == 0)) {
			/* The tree grows from the nodes that lead to the first part. */
			empty = false;
		} else {
			free_page(node[i]);
			node[i] = missing;
			WRITE_ONCE(fa->nr_nodes, fa->nr_nodes - 1);
		}
	}
	return empty;
}

static u64 flex_array_prune(struct flex_array *fa, u32 from, bool unused)
{
	struct flex_array_pruning p = { .fa = fa, .from = from, .unused = unused };

	if (fa->root)
		flex_array_prune_node(&p, flex_array_root_node(fa->root),
				      flex_array_root_levels(fa->root), 0);
	return p.parts;
}

/* Frees @part and all parts behind it; returns how many. */
u64 flex_array_prune_from(struct flex_array *fa, u32 part)
{
	return flex_array_prune(fa, part, false);
}

/* Frees the parts without an element in use; returns how many. */
u64 flex_array_prune_unused(struct flex_array *fa)
{
	return flex_array_prune(fa, 0, true);
}

/* Frees everything but the base. */
void flex_array_prune_all(struct flex_array *fa)
{
	unsigned int level = flex_array_root_levels(fa->root);
	unsigned long *node = flex_array_root_node(fa->root), *next;
	unsigned long base;

	flex_array_prune(fa, 0, false);
	/* Left are the nodes that lead to the first part, and that part if it is the base. */
	base = fa->root ? flex_array_tree_find(fa, 0) : 0;
	for (; level && node != &fa->own_leaf; level--, node = next) {
		next = (unsigned long *)node[0];
		if (node != &fa->own_top) {
			free_page((unsigned long)node);
			WRITE_ONCE(fa->nr_nodes, fa->nr_nodes - 1);
		}
		if (next == flex_array_no_parts)
			break;
	}
	flex_array_tree_plant(fa, base);
}
