// SPDX-License-Identifier: GPL-2.0-only
/*
 * The module of a later day: the same code, with members behind the last one of each
 * structure of the interface. A program that was built today has to do with it as well.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/build_bug.h>

/* Sizes are others here, which is the point. */
#undef static_assert
#define static_assert(...)	struct netdev_naming_longer_sizes

#define netdev_naming_info		netdev_naming_info_published
#define netdev_naming_altnames		netdev_naming_altnames_published
#define netdev_naming_entry		netdev_naming_entry_published
#define netdev_naming_enumerate		netdev_naming_enumerate_published
#define netdev_naming_open_by_ifindex	netdev_naming_open_by_ifindex_published
#define netdev_naming_open_by_name	netdev_naming_open_by_name_published
#define netdev_naming_open_by_id	netdev_naming_open_by_id_published
#define netdev_naming_event		netdev_naming_event_published
#define netdev_naming_event_size	netdev_naming_event_size_published
#include <uapi/linux/netdev_naming.h>
#undef netdev_naming_info
#undef netdev_naming_altnames
#undef netdev_naming_entry
#undef netdev_naming_enumerate
#undef netdev_naming_open_by_ifindex
#undef netdev_naming_open_by_name
#undef netdev_naming_open_by_id
#undef netdev_naming_event
#undef netdev_naming_event_size

#define LONGER(name)				\
	struct name {				\
		struct name##_published;	\
		__u64 later[8];			\
	}

LONGER(netdev_naming_info);
LONGER(netdev_naming_altnames);
LONGER(netdev_naming_entry);
LONGER(netdev_naming_enumerate);
LONGER(netdev_naming_open_by_ifindex);
LONGER(netdev_naming_open_by_name);
LONGER(netdev_naming_open_by_id);
LONGER(netdev_naming_event);
LONGER(netdev_naming_event_size);

/* Every source of the module: Kbuild makes the list. */
#include "longer_sources.h"
