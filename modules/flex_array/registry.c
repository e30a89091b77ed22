// SPDX-License-Identifier: GPL-2.0-only
/*
 * The live arrays, by id. Arrays made by flex_array_alloc() are here from then on, others
 * while they have parts.
 *
 * A tree whose nodes are in the arrays, and no xarray: that would need memory of its own, which can
 * fail, from a slab whose pages are of a higher order. Arrays promise that they need neither.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/rbtree.h>
#include <linux/string.h>

#include <uapi/linux/flex_array.h>

#include "internal.h"

/* Keeps an array, its owner and the name of its creator. */
static DEFINE_SPINLOCK(flex_array_registry_lock);
static struct rb_root flex_array_registry = RB_ROOT;
static u64 flex_array_last_id;

/* The first array with an id above @cursor, or NULL. */
static struct flex_array *flex_array_registry_after(u64 cursor)
{
	struct rb_node *node = flex_array_registry.rb_node;
	struct flex_array *fa, *found = NULL;

	lockdep_assert_held(&flex_array_registry_lock);
	while (node) {
		fa = rb_entry(node, struct flex_array, node);
		if (fa->id > cursor) {
			found = fa;
			node = node->rb_left;
		} else {
			node = node->rb_right;
		}
	}
	return found;
}

static struct flex_array *flex_array_registry_next(struct flex_array *fa)
{
	return rb_entry_safe(rb_next(&fa->node), struct flex_array, node);
}

/* Gives an array an id, unless it has one. Any context but NMI. */
void flex_array_registry_add(struct flex_array *fa)
{
	struct rb_node *last;
	unsigned long irq;

	spin_lock_irqsave(&flex_array_registry_lock, irq);
	if (!fa->id) {
		WRITE_ONCE(fa->id, ++flex_array_last_id);
		/* Ids count up, so a new one is always the last. */
		last = rb_last(&flex_array_registry);
		rb_link_node(&fa->node, last,
			     last ? &last->rb_right : &flex_array_registry.rb_node);
		rb_insert_color(&fa->node, &flex_array_registry);
	}
	spin_unlock_irqrestore(&flex_array_registry_lock, irq);
}

static void flex_array_registry_erase(struct flex_array *fa)
{
	rb_erase(&fa->node, &flex_array_registry);
	RB_CLEAR_NODE(&fa->node);
}

void flex_array_registry_del(struct flex_array *fa)
{
	unsigned long irq;

	spin_lock_irqsave(&flex_array_registry_lock, irq);
	/* Not there if its module was unloaded without freeing it. */
	if (fa->id && !RB_EMPTY_NODE(&fa->node))
		flex_array_registry_erase(fa);
	WRITE_ONCE(fa->id, 0);
	spin_unlock_irqrestore(&flex_array_registry_lock, irq);
}

/*
 * The arrays of a module that is unloaded without freeing them. Their parts are leaked, but the
 * names of the owner and the creator go away with the module, and so do the arrays that it
 * defined.
 */
static unsigned int flex_array_registry_forget(struct module *owner)
{
	unsigned int forgotten = 0;
	struct flex_array *fa, *next;
	unsigned long irq;

	spin_lock_irqsave(&flex_array_registry_lock, irq);
	for (fa = flex_array_registry_after(0); fa; fa = next) {
		next = flex_array_registry_next(fa);
		if (fa->owner != owner)
			continue;
		if (!(fa->flags & __FLEX_ARRAY_ALLOCATED))
			flex_array_registry_erase(fa);
		/* A caller that still has the array reads its flags without the lock. */
		WRITE_ONCE(fa->flags, fa->flags | __FLEX_ARRAY_ORPHANED);
		fa->owner = NULL;
		fa->creator = NULL;
		forgotten++;
	}
	spin_unlock_irqrestore(&flex_array_registry_lock, irq);
	return forgotten;
}

/*
 * Under the lock of the registry, which keeps the array, its owner and the name of its creator.
 * The array's own lock is not held, so its figures may change meanwhile.
 */
static void flex_array_describe(struct flex_array *fa, struct flex_array_info *info)
{
	unsigned int flags = fa->flags;

	lockdep_assert_held(&flex_array_registry_lock);
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	info->id = fa->id;
	info->parts = READ_ONCE(fa->nr_parts);
	info->nodes = READ_ONCE(fa->nr_nodes);
	info->bytes = (info->parts + info->nodes) * FLEX_ARRAY_PART_SIZE;
	info->total = READ_ONCE(fa->total_nr_elements);
	info->element_size = fa->element_size;
	info->elements_per_part = fa->elems_per_part;
	info->depth = flex_array_root_levels(READ_ONCE(fa->root));
	if (flags & __FLEX_ARRAY_ALLOCATED) {
		info->attributes |= FLEX_ARRAY_ATTR_ALLOCATED;
		info->bytes += flags & __FLEX_ARRAY_RESIDENT ? FLEX_ARRAY_PART_SIZE : sizeof(*fa);
	}
	if (flags & __FLEX_ARRAY_RESIDENT)
		info->attributes |= FLEX_ARRAY_ATTR_RESIDENT;
	if (flags & __FLEX_ARRAY_ORPHANED) {
		info->attributes |= FLEX_ARRAY_ATTR_ORPHANED;
		return;
	}
	snprintf(info->owner, sizeof(info->owner), "%s",
		 fa->owner ? module_name(fa->owner) : "vmlinux");
	snprintf(info->creator, sizeof(info->creator), "%s", fa->creator);
}

/* Returns 0 or -ENOENT. */
int flex_array_registry_info(u64 id, struct flex_array_info *info)
{
	struct flex_array *fa;
	unsigned long irq;
	int ret = -ENOENT;

	if (!id)
		return -ENOENT;
	spin_lock_irqsave(&flex_array_registry_lock, irq);
	fa = flex_array_registry_after(id - 1);
	if (fa && fa->id == id) {
		flex_array_describe(fa, info);
		ret = 0;
	}
	spin_unlock_irqrestore(&flex_array_registry_lock, irq);
	return ret;
}

/* Describes the first @room arrays with ids above @cursor; returns how many there were. */
u32 flex_array_registry_list(u64 cursor, struct flex_array_info *infos, u32 room)
{
	struct flex_array *fa;
	unsigned long irq;
	u32 n = 0;

	spin_lock_irqsave(&flex_array_registry_lock, irq);
	for (fa = flex_array_registry_after(cursor); fa && n < room;
	     fa = flex_array_registry_next(fa))
		flex_array_describe(fa, &infos[n++]);
	spin_unlock_irqrestore(&flex_array_registry_lock, irq);
	return n;
}

static int flex_array_module_notify(struct notifier_block *nb, unsigned long state, void *data)
{
	struct module *mod = data;
	unsigned int forgotten;

	if (state != MODULE_STATE_GOING)
		return NOTIFY_DONE;
	forgotten = flex_array_registry_forget(mod);
	if (forgotten)
		pr_warn("%s: unloaded without freeing %u arrays\n", mod->name, forgotten);
	return NOTIFY_OK;
}

static struct notifier_block flex_array_module_nb = {
	.notifier_call = flex_array_module_notify,
	/* After others whose cleanup frees arrays of the module. */
	.priority = INT_MIN,
};

int flex_array_registry_init(void)
{
	return register_module_notifier(&flex_array_module_nb);
}

void flex_array_registry_exit(void)
{
	unregister_module_notifier(&flex_array_module_nb);
}
