/* SPDX-License-Identifier: GPL-2.0-only */
/* Callbacks of a device class whose devices belong to network namespaces. */
#ifndef COMPAT_NET_CLASS_H
#define COMPAT_NET_CLASS_H

#include <linux/device.h>
#include <net/net_namespace.h>

/* 6.2: the callbacks of a class take a const struct device. */
#ifdef COMPAT_HAVE_CLASS_CONST_DEVICE
#define compat_class_const	const
#else
#define compat_class_const
#endif

/* What class.namespace returns, and how to make it of a network namespace. */
#ifdef COMPAT_HAVE_CLASS_NS_COMMON
#define compat_class_ns		const struct ns_common
#define compat_class_net_ns(_net)	to_ns_common(_net)
#else
#define compat_class_ns		const void
#define compat_class_net_ns(_net)	((const void *)(_net))
#endif

/* 6.4: the callbacks of a class attribute take const pointers. */
#ifdef COMPAT_HAVE_CLASS_ATTRIBUTE_CONST
#define compat_class_attr_const	const
#else
#define compat_class_attr_const
#endif

#endif /* COMPAT_NET_CLASS_H */
