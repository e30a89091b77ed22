/* SPDX-License-Identifier: GPL-2.0-only */
/* The NIC that is asked: a dummy one with an alternative name, and a namespace to move it to. */
#ifndef WAYMARK_ISOLATION_NIC_H
#define WAYMARK_ISOLATION_NIC_H

#include <stddef.h>

#define NIC		"iso0"
#define NIC_ALTNAME	"iso-other"
#define NIC_NETNS	"/run/netns/waymark-iso"

/* Its node; an empty string if there is none. */
void nic_make(char *node, size_t size);
void nic_remove(void);

#endif
