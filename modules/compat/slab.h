/* SPDX-License-Identifier: GPL-2.0-only */
/* Memory for objects. */
#ifndef COMPAT_SLAB_H
#define COMPAT_SLAB_H

#include <linux/slab.h>

/**
 * compat_kzalloc_obj() - zeroed memory for an object
 * @_obj: the object, or its type
 * @_gfp: flags
 *
 * 7.0 has kzalloc_obj().
 *
 * Return: pointer to that type, or NULL.
 */
#ifdef COMPAT_HAVE_KZALLOC_OBJ
#define compat_kzalloc_obj(_obj, _gfp)	kzalloc_obj(_obj, _gfp)
#else
#define compat_kzalloc_obj(_obj, _gfp)	kzalloc(sizeof(_obj), _gfp)
#endif

#endif /* COMPAT_SLAB_H */
