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
		fa->owner = NULL;
		fa->creator = NULL;
		forgotten++;
	}
	spin_unlock_irqrestore(&flex_array_registry_lock, irq);
	return forgotten;
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
