/* SPDX-License-Identifier: GPL-2.0-only */
/* The running kernel: its identity, its tables, its list of modules. */
#ifndef _SYMBOL_INDEX_RUNNING_H
#define _SYMBOL_INDEX_RUNNING_H

#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>
#include "compat/export_table.h"

struct cred;

/* Set by symidx_running_init(), constant afterwards. */
extern struct compat_export_table symidx_kernel_tables[COMPAT_EXPORT_TABLES];
extern struct list_head *symidx_modules;	/* the newest first */
extern struct mutex *symidx_module_mutex;	/* protects the list */

int symidx_running_init(void);
const char *symidx_release(void);
const char *symidx_vermagic(void);
unsigned int symidx_build_id(const u8 **id);
bool symidx_may_show_addresses(const struct cred *cred);

#endif /* _SYMBOL_INDEX_RUNNING_H */
