// SPDX-License-Identifier: LGPL-2.1-or-later
/* A list of all NICs, taken at one moment. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

static struct netdevname_list *grow(struct netdevname_list *list, size_t capacity)
{
	return realloc(list, sizeof(*list) + capacity * sizeof(list->entries[0]));
}

struct netdevname_list *netdevname_list_read(int fd)
{
	struct netdev_naming_enumerate arg;
	struct netdevname_list *list = NULL, *bigger;
	size_t capacity = 64;

	memset(&arg, 0, sizeof(arg));
	do {
		bigger = grow(list, capacity);
		if (!bigger)
			goto err_free_list;
		if (!list)
			bigger->count = 0;
		list = bigger;
		arg.size = sizeof(arg);
		arg.flags = 0;
		arg.entries = (uintptr_t)(list->entries + list->count);
		arg.capacity = capacity - list->count;
		arg.entry_size = sizeof(list->entries[0]);
		if (netdevname_ioctl(fd, NETDEV_NAMING_IOC_ENUMERATE, &arg))
			goto err_free_list;
		list->count += arg.count;
		if (arg.cursor && arg.total > capacity)
			capacity = arg.total;
	} while (arg.cursor && list->count < capacity);
	return list;

err_free_list:
	if (list) {
		int saved = errno;

		free(list);
		errno = saved;
	}
	return NULL;
}

EXPORT struct netdevname_list *netdevname_list_new(void)
{
	struct netdevname_list *list;
	int fd = netdevname_open_control();

	if (fd < 0)
		return NULL;
	list = netdevname_list_read(fd);
	netdevname_close_fd(fd);
	return list;
}

EXPORT void netdevname_list_free(struct netdevname_list *list)
{
	free(list);
}

EXPORT size_t netdevname_list_count(const struct netdevname_list *list)
{
	return list->count;
}

EXPORT const char *netdevname_list_name(const struct netdevname_list *list, size_t index)
{
	return index < list->count ? list->entries[index].name : NULL;
}

EXPORT unsigned int netdevname_list_ifindex(const struct netdevname_list *list, size_t index)
{
	return index < list->count ? list->entries[index].ifindex : 0;
}

EXPORT uint64_t netdevname_list_id(const struct netdevname_list *list, size_t index)
{
	return index < list->count ? list->entries[index].id : 0;
}
