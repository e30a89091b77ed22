// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module notifier that refuses the module named by the parameter module: its
 * load fails with EXDEV, which nobody else says, and the kernel takes back what
 * it has told of it. Notifiers of greater priority have heard of the module by
 * then, the others never do; of equal ones the first to be loaded is asked first.
 */
#include <linux/errno.h>
#include <linux/module.h>
#include <linux/notifier.h>
#include <linux/string.h>

/**
 * struct refuser - who is refused
 * @notifier: hears of every module
 * @module: name of the module; changed only while nothing is loaded
 * @refused: how often it was
 */
struct refuser {
	struct notifier_block notifier;
	char module[MODULE_NAME_LEN];
	unsigned int refused;
};

static int refuse_notify(struct notifier_block *nb, unsigned long state, void *data)
{
	struct refuser *refuser = container_of(nb, struct refuser, notifier);
	const struct module *mod = data;

	if (state != MODULE_STATE_COMING || strcmp(mod->name, refuser->module))
		return NOTIFY_DONE;
	refuser->refused++;
	return notifier_from_errno(-EXDEV);
}

static struct refuser refuser = {
	.notifier = {
		.notifier_call = refuse_notify,
	},
};

module_param_string(module, refuser.module, sizeof(refuser.module), 0600);
MODULE_PARM_DESC(module, "name of the module to refuse");
module_param_named(priority, refuser.notifier.priority, int, 0400);
MODULE_PARM_DESC(priority, "of the notifier");
module_param_named(refused, refuser.refused, uint, 0400);
MODULE_PARM_DESC(refused, "number of times that the module was refused");

static int __init refuse_init(void)
{
	return register_module_notifier(&refuser.notifier);
}

static void __exit refuse_exit(void)
{
	unregister_module_notifier(&refuser.notifier);
}

module_init(refuse_init);
module_exit(refuse_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Refuses to have a module loaded");
