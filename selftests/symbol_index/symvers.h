/* SPDX-License-Identifier: GPL-2.0-only */
/* What the kernel's build wrote down of all exports: Module.symvers. */
#ifndef SYMVERS_H
#define SYMVERS_H

#include <stdbool.h>
#include "symidx_test.h"

/* The file of this kernel: WAYMARK_SYMVERS, or else that of its headers. */
const char *symvers_path(void);

/*
 * Reads it, sorted by name and owner, with the flags and the CRC that the index should have;
 * all but the addresses. Without MODVERSIONS all CRCs are zero, and no flag says that there
 * is one. @versions: whether there are any. 0, or -1 and errno.
 */
int symvers_read(const char *path, struct symbols *symvers, bool *versions);

/* Takes those out whose owner is not loaded. 0, or -1 and errno. */
int symvers_keep_loaded(struct symbols *symvers);

#endif
