// SPDX-License-Identifier: LGPL-2.1-or-later
/* The properties of a NIC. The structure is opaque, so that it can grow. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

struct netdevname_info {
	struct netdev_naming_info raw;
};

EXPORT struct netdevname_info *netdevname_get_info(const struct netdevname *nic)
{
	struct netdevname_info *info = calloc(1, sizeof(*info));

	if (!info)
		return NULL;
	info->raw.size = sizeof(info->raw);
	if (netdevname_ioctl(nic->fd, NETDEV_NAMING_IOC_GET_INFO, &info->raw)) {
		int saved = errno;

		free(info);
		errno = saved;
		return NULL;
	}
	return info;
}

EXPORT void netdevname_info_free(struct netdevname_info *info)
{
	free(info);
}

#define NUMBER(type, function, member)                                        \
	EXPORT type netdevname_info_##function(const struct netdevname_info *info) \
	{                                                                     \
		return info->raw.member;                                      \
	}

NUMBER(uint64_t, id, id)
NUMBER(uint64_t, generation, generation)
NUMBER(uint64_t, netns, netns_ino)
NUMBER(unsigned int, ifindex, ifindex)
NUMBER(unsigned int, link_type, link_type)
NUMBER(unsigned int, dev_port, dev_port)
NUMBER(unsigned int, dev_id, dev_id)
NUMBER(unsigned int, address_type, addr_assign_type)

EXPORT int netdevname_info_moved(const struct netdevname_info *info)
{
	return info->raw.relation == NETDEV_NAMING_RELATION_MOVED;
}

#define STRING(function, member)                                                     \
	EXPORT const char *netdevname_info_##function(const struct netdevname_info *info) \
	{                                                                            \
		return info->raw.member;                                             \
	}

STRING(name, name)
STRING(driver, driver)
STRING(kind, kind)
STRING(devtype, devtype)
STRING(parent_bus, parent_bus)
STRING(parent_name, parent_name)
STRING(port_name, phys_port_name)

/* A bit of @fields tells an address of zeros from a missing one. */
#define BYTES(function, member, length, bit)                                            \
	EXPORT const uint8_t *netdevname_info_##function(const struct netdevname_info *info, \
							 size_t *len)                   \
	{                                                                               \
		*len = info->raw.fields & (bit) ? info->raw.length : 0;                 \
		return info->raw.member;                                                \
	}

BYTES(address, addr, addr_len, NETDEV_NAMING_INFO_ADDR)
BYTES(permanent_address, perm_addr, addr_len, NETDEV_NAMING_INFO_PERM_ADDR)
BYTES(port_id, phys_port_id, phys_port_id_len, NETDEV_NAMING_INFO_PORT_ID)
BYTES(switch_id, phys_switch_id, phys_switch_id_len, NETDEV_NAMING_INFO_SWITCH_ID)

/* Pointers and bytes in one allocation, so that one free() releases them. */
static char **split(const char *bytes, size_t length, size_t count)
{
	char **names = malloc((count + 1) * sizeof(*names) + length);
	char *pos;
	size_t i;

	if (!names)
		return NULL;
	pos = (char *)(names + count + 1);
	memcpy(pos, bytes, length);
	for (i = 0; i < count; i++) {
		names[i] = pos;
		pos += strlen(pos) + 1;
	}
	names[count] = NULL;
	return names;
}

EXPORT char **netdevname_get_altnames(const struct netdevname *nic, size_t *count)
{
	struct netdev_naming_altnames arg;
	char *bytes = NULL, **names = NULL;
	size_t capacity = 256;

	for (;;) {
		char *bigger = realloc(bytes, capacity);

		if (!bigger)
			break;
		bytes = bigger;
		memset(&arg, 0, sizeof(arg));
		arg.size = sizeof(arg);
		arg.names = (uintptr_t)bytes;
		arg.capacity = capacity;
		if (!netdevname_ioctl(nic->fd, NETDEV_NAMING_IOC_GET_ALTNAMES, &arg)) {
			names = split(bytes, arg.length, arg.count);
			*count = arg.count;
			break;
		}
		if (errno != EMSGSIZE)
			break;
		capacity = arg.length;
	}
	if (bytes) {
		int saved = errno;

		free(bytes);
		errno = saved;
	}
	return names;
}
