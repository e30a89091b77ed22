// SPDX-License-Identifier: GPL-2.0-only
/* The tree that leads from an index to its part. */
#include <linux/errno.h>
#include <linux/export.h>
#include <linux/gfp.h>

#include "internal.h"

const unsigned long flex_array_no_parts[__FLEX_ARRAY_NODE_SLOTS];

static bool flex_array_node_missing(unsigned long slot)
{
	return !slot || slot == (unsigned long)flex_array_no_parts;
}

/* Number of parts within reach of @top. */
static u64 flex_array_node_reach(const struct flex_array *fa, const unsigned long *top)
{
	if (!top)
		return 0;
	if (top != &fa->own_top)
		return 1ULL << 2 * __FLEX_ARRAY_NODE_SHIFT;
	if (READ_ONCE(fa->own_top) != (unsigned long)&fa->own_leaf)
		return __FLEX_ARRAY_NODE_SLOTS;
	return 1;
}

/* Number of parts within reach of @root. */
static u64 flex_array_root_reach(const struct flex_array *fa, unsigned long root)
{
	unsigned int levels = flex_array_root_levels(root);

	if (levels > 2)
		return 1ULL << levels * __FLEX_ARRAY_NODE_SHIFT;
	return flex_array_node_reach(fa, flex_array_root_node(root));
}

/*
 * Sets fast_nr, after everything that it promises to readers. Under the lock, or with exclusive
 * access.
 */
void flex_array_tree_set_fast(struct flex_array *fa)
{
	u64 reach = flex_array_node_reach(fa, fa->top) * fa->elems_per_part;

	/* Pairs with __flex_array_first_load() in __flex_array_get(). */
	smp_store_release(&fa->fast_nr, min_t(u64, reach, fa->total_nr_elements));
}

/*
 * The slot of @part, at level 1. If a node is missing on the way, the slot of that node, at
 * level 2 or above. NULL if the tree does not reach that far.
 */
static unsigned long *flex_array_tree_walk(const struct flex_array *fa, u32 part,
					   unsigned int *level)
{
	/* Pairs with smp_store_release() of root in flex_array_tree_raise(). */
	unsigned long root = smp_load_acquire(&fa->root);
	unsigned long *node = flex_array_root_node(root), *slot;

	if (part >= flex_array_root_reach(fa, root))
		return NULL;
	for (*level = flex_array_root_levels(root);; (*level)--) {
		slot = &node[(part >> (*level - 1) * __FLEX_ARRAY_NODE_SHIFT) &
			     FLEX_ARRAY_NODE_MASK];
		if (*level == 1)
			return slot;
		node = (unsigned long *)READ_ONCE(*slot);
		if (flex_array_node_missing((unsigned long)node))
			return slot;
	}
}

/* The slot's value of @part, 0 if there is no such part. */
unsigned long flex_array_tree_find(const struct flex_array *fa, u32 part)
{
	unsigned int level;
	unsigned long *slot = flex_array_tree_walk(fa, part, &level);

	return slot && level == 1 ? READ_ONCE(*slot) : 0;
}

/* The first part at or after @part that is there, or @end. */
u32 flex_array_tree_next(const struct flex_array *fa, u32 part, u32 end)
{
	unsigned int level;
	unsigned long *slot;
	u64 step;

	while (part < end) {
		slot = flex_array_tree_walk(fa, part, &level);
		if (!slot)
			return end;
		if (level == 1 && READ_ONCE(*slot))
			return part;
		/* Go on with the first part that is not behind this slot. */
		step = 1ULL << (level - 1) * __FLEX_ARRAY_NODE_SHIFT;
		if (end - part <= step - (part & (step - 1)))
			return end;
		part += step - (part & (step - 1));
	}
	return end;
}

/* Makes a tree without nodes: empty, or with @base as its only part. Exclusive access. */
void flex_array_tree_plant(struct flex_array *fa, unsigned long base)
{
	fa->own_top = (unsigned long)&fa->own_leaf;
	fa->own_leaf = base;
	fa->top = base ? &fa->own_top : NULL;
	WRITE_ONCE(fa->root, base ? (unsigned long)&fa->own_top | 2 : 0);
	flex_array_tree_set_fast(fa);
}

/* Allocates a node of @level without children; 0 without memory. */
static unsigned long flex_array_node_alloc(unsigned int level, gfp_t flags)
{
	unsigned long *node = (unsigned long *)__get_free_page(flex_array_node_gfp(flags));
	unsigned int i;

	for (i = 0; node && level == 2 && i < __FLEX_ARRAY_NODE_SLOTS; i++)
		node[i] = (unsigned long)flex_array_no_parts;
	return (unsigned long)node;
}

/* The level of the next node that the tree needs to reach @parts, or 0. */
static unsigned int flex_array_tree_lacks(const struct flex_array *fa, u32 parts)
{
	u64 reach = flex_array_root_reach(fa, fa->root);

	if (parts <= reach || (parts == 1 && !reach))
		return 0;
	if (reach < __FLEX_ARRAY_NODE_SLOTS)
		return 1;
	return reach == __FLEX_ARRAY_NODE_SLOTS ? 2 : flex_array_root_levels(fa->root) + 1;
}

/*
 * Makes @page the node that flex_array_tree_lacks() has asked for. Under the lock. Readers may
 * follow the old nodes or the new one: both lead to the same parts.
 */
static void flex_array_tree_raise(struct flex_array *fa, unsigned int level, unsigned long page)
{
	unsigned long *node = (unsigned long *)page;
	unsigned long root = fa->root;

	lockdep_assert_held(&fa->lock);
	switch (level) {
	case 0:
		if (root)
			return;
		fa->own_top = (unsigned long)&fa->own_leaf;
		root = (unsigned long)&fa->own_top | 2;
		break;
	case 1:
		node[0] = fa->own_leaf;
		/* Pairs with the dependent load of top[] in __flex_array_get(). */
		smp_store_release(&fa->own_top, page);
		root = (unsigned long)&fa->own_top | 2;
		break;
	default:
		node[0] = level == 2 ? fa->own_top : (unsigned long)flex_array_root_node(root);
		root = page | level;
	}
	if (level <= 2)
		/* Pairs with READ_ONCE(fa->top) in __flex_array_get(), a dependency. */
		smp_store_release(&fa->top, flex_array_root_node(root));
	/* Pairs with smp_load_acquire() in flex_array_tree_walk(). */
	smp_store_release(&fa->root, root);
	WRITE_ONCE(fa->nr_nodes, fa->nr_nodes + (level > 0));
}

/*
 * Makes the tree reach @parts parts. Returns 0 or -ENOMEM; the tree then keeps the nodes that
 * it got, and the next call goes on from there.
 */
int flex_array_tree_reach(struct flex_array *fa, u32 parts, gfp_t flags)
{
	unsigned int level, have = 0;
	unsigned long node = 0, irq;

	for (;;) {
		spin_lock_irqsave(&fa->lock, irq);
		level = flex_array_tree_lacks(fa, parts);
		if (level == have) {
			flex_array_tree_raise(fa, level, node);
			node = 0;
			have = 0;
			level = flex_array_tree_lacks(fa, parts);
		}
		if (!level) {
			if (!fa->root)
				flex_array_tree_raise(fa, 0, 0);
			flex_array_tree_set_fast(fa);
		}
		spin_unlock_irqrestore(&fa->lock, irq);
		if (node)
			free_page(node);
		if (!level)
			return 0;
		node = flex_array_node_alloc(level, flags);
		if (!node)
			return -ENOMEM;
		have = level;
	}
}

/*
 * Puts @node and @part_slot into their slots on the way to @part, as far as they are needed
 * there. Returns the level of the slot that is still empty, or 0. Under the lock.
 */
static unsigned int flex_array_tree_fill(struct flex_array *fa, u32 part,
					 unsigned long *part_slot, unsigned long *node,
					 unsigned int node_level)
{
	unsigned int level;
	unsigned long *slot;

	lockdep_assert_held(&fa->lock);
	slot = flex_array_tree_walk(fa, part, &level);
	if (level > 1 && *node && node_level == level - 1) {
		/* Pairs with READ_ONCE(*slot) in flex_array_tree_walk(), a dependency. */
		smp_store_release(slot, *node);
		*node = 0;
		WRITE_ONCE(fa->nr_nodes, fa->nr_nodes + 1);
		slot = flex_array_tree_walk(fa, part, &level);
	}
	if (level == 1 && !*slot && *part_slot) {
		/* Pairs with the loads of slots in __flex_array_get(), a dependency. */
		smp_store_release(slot, *part_slot);
		*part_slot = 0;
		WRITE_ONCE(fa->nr_parts, fa->nr_parts + 1);
	}
	return level == 1 && *slot ? 0 : level;
}

/* Allocates @part unless it is there. The tree reaches it. Returns 0 or -ENOMEM. */
static int flex_array_tree_add_within(struct flex_array *fa, u32 part, gfp_t flags)
{
	unsigned long part_slot = flex_array_part_alloc(fa, part, flags);
	unsigned int missing, node_level = 0;
	unsigned long node = 0, irq;

	if (!part_slot)
		return -ENOMEM;
	for (;;) {
		spin_lock_irqsave(&fa->lock, irq);
		missing = flex_array_tree_fill(fa, part, &part_slot, &node, node_level);
		spin_unlock_irqrestore(&fa->lock, irq);
		if (node)
			free_page(node);
		node = 0;
		if (missing < 2)
			break;
		node_level = missing - 1;
		node = flex_array_node_alloc(node_level, flags);
		if (!node)
			break;
	}
	/* Another caller was faster, or there is no memory for a node. */
	if (part_slot)
		flex_array_part_free(fa, part, part_slot);
	return missing ? -ENOMEM : 0;
}

/* Allocates @part, below the end of the array, unless it is there. Returns 0 or -ENOMEM. */
int flex_array_tree_add(struct flex_array *fa, u32 part, gfp_t flags)
{
	u32 parts = flex_array_parts_for(fa, READ_ONCE(fa->total_nr_elements));
	int ret;

	if (!READ_ONCE(fa->id))
		flex_array_registry_add(fa);
	if (flex_array_root_reach(fa, READ_ONCE(fa->root)) < max(parts, part + 1)) {
		ret = flex_array_tree_reach(fa, max(parts, part + 1), flags);
		if (ret)
			return ret;
	}
	if (flex_array_tree_find(fa, part))
		return 0;
	return flex_array_tree_add_within(fa, part, flags);
}
