// SPDX-License-Identifier: GPL-2.0-only
/*
 * The list of live arrays, in the order of their ids. Arrays made by
 * flex_array_alloc() are in it from then on, others while they have parts.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/list.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/printk.h>
#include <linux/string.h>

#include <uapi/linux/flex_array.h>

#include "internal.h"

static DEFINE_SPINLOCK(flex_array_registry_lock);
static LIST_HEAD(flex_array_registry);
static u64 flex_array_last_id;

void flex_array_registry_add(struct flex_array *fa)
{
	unsigned long irq;

	spin_lock_irqsave(&flex_array_registry_lock, irq);
	if (!fa->id) {
		list_add_tail(&fa->link, &flex_array_registry);
		WRITE_ONCE(fa->id, ++flex_array_last_id);
	}
	spin_unlock_irqrestore(&flex_array_registry_lock, irq);
}

void flex_array_registry_del(struct flex_array *fa)
{
	unsigned long irq;

	spin_lock_irqsave(&flex_array_registry_lock, irq);
	list_del_init(&fa->link);
	WRITE_ONCE(fa->id, 0);
	spin_unlock_irqrestore(&flex_array_registry_lock, irq);
}

/*
 * A module that forgets arrays leaks their parts, but takes the names that
 * the list shows along, and the arrays that it defined.
 */
static unsigned int flex_array_registry_forget(struct module *owner)
{
	struct flex_array *fa, *next;
	unsigned int forgotten = 0;
	unsigned long irq;

	spin_lock_irqsave(&flex_array_registry_lock, irq);
	list_for_each_entry_safe(fa, next, &flex_array_registry, link) {
		if (fa->owner != owner)
			continue;
		if (!(fa->flags & __FLEX_ARRAY_ALLOCATED))
			list_del_init(&fa->link);
		/* Whoever still has the array looks at its flags without our lock. */
		WRITE_ONCE(fa->flags, fa->flags | __FLEX_ARRAY_ORPHANED);
		fa->owner = NULL;
		fa->creator = NULL;
		forgotten++;
	}
	spin_unlock_irqrestore(&flex_array_registry_lock, irq);
	return forgotten;
}

/*
 * Lock held: the array, its module and its creator's name stay. The array's own
 * lock is not: what is read once may change meanwhile.
 */
static void flex_array_describe(struct flex_array *fa, struct flex_array_info *info)
{
	unsigned int flags = fa->flags;

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

	spin_lock_irqsave(&flex_array_registry_lock, irq);
	list_for_each_entry(fa, &flex_array_registry, link) {
		if (fa->id == id) {
			flex_array_describe(fa, info);
			ret = 0;
		}
		if (fa->id >= id)
			break;
	}
	spin_unlock_irqrestore(&flex_array_registry_lock, irq);
	return ret;
}

/* Describes the first @room arrays after @cursor; returns how many there were. */
u32 flex_array_registry_list(u64 cursor, struct flex_array_info *infos, u32 room)
{
	struct flex_array *fa;
	unsigned long irq;
	u32 n = 0;

	spin_lock_irqsave(&flex_array_registry_lock, irq);
	list_for_each_entry(fa, &flex_array_registry, link) {
		if (fa->id <= cursor)
			continue;
		if (n == room)
			break;
		flex_array_describe(fa, &infos[n++]);
	}
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
		pr_warn("%s has not freed %u arrays\n", mod->name, forgotten);
	return NOTIFY_OK;
}

static struct notifier_block flex_array_module_nb = {
	.notifier_call = flex_array_module_notify,
	/* After everybody else whose cleanup frees arrays of the module. */
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
