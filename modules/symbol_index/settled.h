/* SPDX-License-Identifier: GPL-2.0-only */
/* Which modules a search need not look at, because the index has them for certain. */
#ifndef _SYMBOL_INDEX_SETTLED_H
#define _SYMBOL_INDEX_SETTLED_H

#include <linux/types.h>

/* When to call symidx_settled_update() again. */
enum symidx_again { SYMIDX_AGAIN_NEVER, SYMIDX_AGAIN_LATER, SYMIDX_AGAIN_SOON };

extern unsigned int symidx_missing;

void symidx_settled_reset(void);
enum symidx_again symidx_settled_update(void);
void symidx_settled_set_missing(unsigned int missing);

#endif /* _SYMBOL_INDEX_SETTLED_H */
