/* SPDX-License-Identifier: GPL-2.0-only */
/* The symbol namespace of what symbol_index offers to symbol_index_loader alone. */
#ifndef _COMPAT_EXPORT_NAMESPACE_H
#define _COMPAT_EXPORT_NAMESPACE_H

#include <linux/export.h>
#include <linux/module.h>

/* 6.13: a namespace is a string, no longer a token. */
#ifdef COMPAT_HAVE_NAMESPACE_STRING
#define EXPORT_SYMBOL_FOR_LOADER(_symbol)	EXPORT_SYMBOL_NS_GPL(_symbol, "SYMBOL_INDEX")
#define COMPAT_IMPORT_NS			MODULE_IMPORT_NS("SYMBOL_INDEX")
#else
#define EXPORT_SYMBOL_FOR_LOADER(_symbol)	EXPORT_SYMBOL_NS_GPL(_symbol, SYMBOL_INDEX)
#define COMPAT_IMPORT_NS			MODULE_IMPORT_NS(SYMBOL_INDEX)
#endif

#endif /* _COMPAT_EXPORT_NAMESPACE_H */
