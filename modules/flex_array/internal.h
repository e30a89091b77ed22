/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef WAYMARK_FLEX_ARRAY_INTERNAL_H
#define WAYMARK_FLEX_ARRAY_INTERNAL_H

#include <linux/flex_array.h>

struct flex_array_info;

/*
 * The tree: slots of level 1 nodes (leaves) are parts, slots of a level n
 * node are nodes of level n - 1. There are at least two levels, so that the
 * way to an element is the same in every array of up to a node of leaves
 * (1 GiB where pages have 4 KiB); what lies beyond is reached from the root.
 * Nodes are pages, but for the two of one slot that are in the array itself:
 *
 *	no part yet:	root = 0, nothing can be reached
 *	1 part:		top = &own_top -> own_leaf
 *	a node of parts: top = &own_top -> leaf
 *	more:		top = node -> leaves; root -> ... -> top
 *
 * A tree only ever grows while there are readers.
 */
#define FLEX_ARRAY_LEVEL_MASK	7UL
#define FLEX_ARRAY_NODE_MASK	(__FLEX_ARRAY_NODE_SLOTS - 1)

/* A leaf without parts; in level 2 nodes, it stands for those missing. */
extern const unsigned long flex_array_no_parts[__FLEX_ARRAY_NODE_SLOTS];

static inline u32 flex_array_part_of(const struct flex_array *fa, u32 nr)
{
	return ((u64)nr * fa->part_mul + fa->part_add) >> fa->part_shift;
}

/* Number of parts that @total elements need, the one in the base included. */
static inline u32 flex_array_parts_for(const struct flex_array *fa, u32 total)
{
	return total && fa->element_size ? flex_array_part_of(fa, total - 1) + 1 : 0;
}

/* First element of @part; no larger than the index of any element in it. */
static inline u32 flex_array_first_of(const struct flex_array *fa, u32 part)
{
	return part * fa->elems_per_part;
}

static inline unsigned long *flex_array_root_node(unsigned long root)
{
	return (unsigned long *)(root & ~FLEX_ARRAY_LEVEL_MASK);
}

static inline unsigned int flex_array_root_levels(unsigned long root)
{
	return root & FLEX_ARRAY_LEVEL_MASK;
}

/* Memory for the tree has to be ordinary memory, whatever the parts need. */
static inline gfp_t flex_array_node_gfp(gfp_t flags)
{
	return (flags & ~GFP_ZONEMASK) | __GFP_ZERO;
}

/* array.c */
void flex_array_set_geometry(struct flex_array *fa, unsigned int element_size,
			     unsigned int elems_per_part);

/* part.c */
unsigned long flex_array_part_alloc(struct flex_array *fa, u32 part, gfp_t flags);
void *flex_array_part_address(struct flex_array *fa, u32 part, unsigned long slot);
void flex_array_part_free(struct flex_array *fa, u32 part, unsigned long slot);
bool flex_array_part_unused(struct flex_array *fa, u32 part, unsigned long slot);
unsigned long flex_array_page_alloc(gfp_t flags, int kmemleak_references);
void flex_array_page_free(unsigned long page);

/* tree.c */
unsigned long flex_array_tree_find(const struct flex_array *fa, u32 part);
u32 flex_array_tree_next(const struct flex_array *fa, u32 part, u32 end);
int flex_array_tree_reach(struct flex_array *fa, u32 parts, gfp_t flags);
int flex_array_tree_add(struct flex_array *fa, u32 part, gfp_t flags);
void flex_array_tree_set_fast(struct flex_array *fa);
void flex_array_tree_plant(struct flex_array *fa, unsigned long base);

/* prune.c */
u64 flex_array_prune_from(struct flex_array *fa, u32 part);
u64 flex_array_prune_unused(struct flex_array *fa);
void flex_array_prune_all(struct flex_array *fa);

/* registry.c */
void flex_array_registry_add(struct flex_array *fa);
void flex_array_registry_del(struct flex_array *fa);
int flex_array_registry_info(u64 id, struct flex_array_info *info);
u32 flex_array_registry_list(u64 cursor, struct flex_array_info *infos, u32 room);
int flex_array_registry_init(void);
void flex_array_registry_exit(void);

/* cdev.c */
int flex_array_cdev_init(void);
void flex_array_cdev_exit(void);

#endif
