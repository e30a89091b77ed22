/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef WAYMARK_COMPAT_GENRADIX_H
#define WAYMARK_COMPAT_GENRADIX_H

#include <linux/generic-radix-tree.h>
#include <linux/mm.h>

/* 6.10: nodes of 512 bytes in place of pages; no element may be larger. */
#ifdef COMPAT_HAVE_GENRADIX_NODE_SIZE
#define compat_genradix_element_max	GENRADIX_NODE_SIZE
#else
#define compat_genradix_element_max	PAGE_SIZE
#endif

/* 6.10: an inline form, which costs code at each call. */
#ifdef COMPAT_HAVE_GENRADIX_INLINED
#define compat_genradix_ptr_inlined	genradix_ptr_inlined
#else
#define compat_genradix_ptr_inlined	genradix_ptr
#endif

#endif
