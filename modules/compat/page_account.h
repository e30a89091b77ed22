/* SPDX-License-Identifier: GPL-2.0-only */
/* Pages that are charged to a memory cgroup and mapped into user space. */
#ifndef _COMPAT_PAGE_ACCOUNT_H
#define _COMPAT_PAGE_ACCOUNT_H

#include <linux/gfp.h>

/*
 * Up to 5.10 the mark of a charged page takes the place of its map count, so that such a page
 * cannot be mapped.
 */
#ifdef COMPAT_HAVE_PAGE_KMEMCG
#define COMPAT_GFP_MAPPED_ACCOUNT	GFP_KERNEL
#else
#define COMPAT_GFP_MAPPED_ACCOUNT	GFP_KERNEL_ACCOUNT
#endif

#endif /* _COMPAT_PAGE_ACCOUNT_H */
