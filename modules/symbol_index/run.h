/* SPDX-License-Identifier: GPL-2.0-only */
/* The runs: one for each owner of exports. */
#ifndef _SYMBOL_INDEX_RUN_H
#define _SYMBOL_INDEX_RUN_H

#include "index.h"

struct symbol_index_symbol;

extern struct list_head symidx_runs;	/* RCU; changes under symidx_mutex */

struct symidx_run *symidx_run_create(struct module *owner,
				     const struct compat_export_table *tables);
void symidx_run_publish(struct symidx_run *run);
void symidx_run_withdraw(struct symidx_run *run);
struct symidx_run *symidx_run_of(const struct module *owner);
unsigned int symidx_runs_count(void);
void symidx_runs_reap(void);
void symidx_runs_exit(void);
void symidx_describe(const struct symidx_entry *entry, struct symbol_index_symbol *sym);

/* adopt.c */
bool symidx_adopt(struct symidx_run *run, const struct compat_export_table *tables);

#endif /* _SYMBOL_INDEX_RUN_H */
