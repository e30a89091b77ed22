/* SPDX-License-Identifier: GPL-2.0-only */
/* What the machine's administrator does meanwhile, and how long it takes. */
#ifndef WORK_H
#define WORK_H

#include <stdbool.h>

#define WORK_NIC	"hst0"		/* made by work_setup() */

/* Loads the modules, makes the NIC. Zero or a negative errno value. */
int work_setup(void);
void work_cleanup(void);

/* `ip link add`, `set mtu`, `set name`, `set address`, `del` of one more NIC. */
int work_links(void);
/* finit_module() and delete_module() of a module with exports. */
int work_modules(void);

/*
 * Nanoseconds that a piece of work takes, or a negative errno value: of all that
 * work_links() does; of finit_module() alone; of one change of WORK_NIC's address.
 */
long long work_time_links(void *none);
long long work_time_modules(void *none);
long long work_time_address(void *none);

/*
 * Let another process do it; -ETIMEDOUT if that takes longer. The process goes on then:
 * end what it waits for, and call work_join().
 */
int work_within(int seconds, int (*work)(void));
bool work_join(void);

#endif /* WORK_H */
