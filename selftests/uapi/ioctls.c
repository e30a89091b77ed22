// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>
#include <linux/flex_array.h>
#include <linux/netdev_naming.h>
#include <linux/symbol_index.h>
#include "../lib/link.h"
#include "kselftest.h"
#include "ioctls.h"

const unsigned int types[DESCRIPTORS] = {
	[HANDLE] = NETDEV_NAMING_IOC_MAGIC,
	[CONTROL] = NETDEV_NAMING_IOC_MAGIC,
	[SYMBOLS] = SYMBOL_INDEX_IOC_TYPE,
	[ARRAYS] = FLEX_ARRAY_IOC_TYPE,
};

static void fill_altnames(struct subjects *subjects, void *arg)
{
	struct netdev_naming_altnames *altnames = arg;

	altnames->names = (uintptr_t)subjects->buffer;
	altnames->capacity = sizeof(subjects->buffer);
}

static void fill_enumerate(struct subjects *subjects, void *arg)
{
	struct netdev_naming_enumerate *enumerate = arg;

	enumerate->entries = (uintptr_t)subjects->buffer;
	enumerate->capacity = 1;
	enumerate->entry_size = sizeof(struct netdev_naming_entry);
}

static void fill_by_ifindex(struct subjects *subjects, void *arg)
{
	((struct netdev_naming_open_by_ifindex *)arg)->ifindex = subjects->ifindex;
}

static void fill_by_name(struct subjects *subjects, void *arg)
{
	(void)subjects;
	memcpy(((struct netdev_naming_open_by_name *)arg)->name, NIC, sizeof(NIC));
}

static void fill_by_id(struct subjects *subjects, void *arg)
{
	((struct netdev_naming_open_by_id *)arg)->id = subjects->nic;
}

static void fill_event_size(struct subjects *subjects, void *arg)
{
	(void)subjects;
	((struct netdev_naming_event_size *)arg)->event_size = sizeof(struct netdev_naming_event);
}

static void fill_lookup(struct subjects *subjects, void *arg)
{
	struct symbol_index_lookup *lookup = arg;

	lookup->name = (uintptr_t)"register_netdev";
	lookup->buffer = (uintptr_t)subjects->buffer;
	lookup->buffer_size = sizeof(subjects->buffer);
}

static void fill_symbol_list(struct subjects *subjects, void *arg)
{
	struct symbol_index_list *list = arg;

	list->prefix = (uintptr_t)"register_";
	list->buffer = (uintptr_t)subjects->buffer;
	list->buffer_size = 512;
}

static void fill_array_info(struct subjects *subjects, void *arg)
{
	((struct flex_array_info *)arg)->id = subjects->array;
}

static void fill_array_list(struct subjects *subjects, void *arg)
{
	struct flex_array_list *list = arg;

	list->records = (uintptr_t)subjects->buffer;
	list->record_size = sizeof(struct flex_array_info);
	list->capacity = 1;
}

#define END(type, member)	(offsetof(struct type, member) + sizeof(((struct type *)0)->member))
#define FIELD(role, type, member)	{ role, offsetof(struct type, member), END(type, member) }
#define FIELDS(role, type, first, last)	{ role, offsetof(struct type, first), END(type, last) }
/* The last member is that of the structure as it was first published. */
#define REQUEST(device, _name, prefix, type, last, ...)				\
	{ .name = #_name " of " #device, .on = device, .cmd = prefix##_IOC_##_name,	\
	  .min_size = END(type, last), .size = sizeof(struct type), ##__VA_ARGS__ }
#define NIC_REQUEST(device, name, type, ...)	\
	REQUEST(device, name, NETDEV_NAMING, type, __VA_ARGS__)
#define SYMBOL_REQUEST(name, type, ...)	REQUEST(SYMBOLS, name, SYMBOL_INDEX, type, __VA_ARGS__)
#define ARRAY_REQUEST(name, type, ...)	REQUEST(ARRAYS, name, FLEX_ARRAY, type, __VA_ARGS__)

const struct request requests[] = {
	NIC_REQUEST(HANDLE, GET_INFO, netdev_naming_info, parent_name,
		    .fields = { FIELD(IN_OUT, netdev_naming_info, fields),
				FIELDS(OUT, netdev_naming_info, id, phys_switch_id_len),
				FIELD(RESERVED, netdev_naming_info, __reserved),
				FIELDS(OUT, netdev_naming_info, name, parent_name) }),
	NIC_REQUEST(HANDLE, GET_ALTNAMES, netdev_naming_altnames, __reserved,
		    .fill = fill_altnames,
		    .fields = { FIELDS(OUT, netdev_naming_altnames, length, count),
				FIELD(RESERVED, netdev_naming_altnames, __reserved) },
		    .capacity = offsetof(struct netdev_naming_altnames, capacity),
		    .length = offsetof(struct netdev_naming_altnames, length)),
	NIC_REQUEST(HANDLE, SET_EVENT_SIZE, netdev_naming_event_size, __reserved,
		    .fill = fill_event_size,
		    .fields = { FIELD(RESERVED, netdev_naming_event_size, __reserved) }),
	NIC_REQUEST(CONTROL, SET_EVENT_SIZE, netdev_naming_event_size, __reserved,
		    .fill = fill_event_size,
		    .fields = { FIELD(RESERVED, netdev_naming_event_size, __reserved) }),
	NIC_REQUEST(CONTROL, ENUMERATE, netdev_naming_enumerate, total,
		    .fill = fill_enumerate,
		    .fields = { FIELD(IN_OUT, netdev_naming_enumerate, cursor),
				FIELD(OUT, netdev_naming_enumerate, seq),
				FIELDS(OUT, netdev_naming_enumerate, count, total) }),
	NIC_REQUEST(CONTROL, OPEN_BY_IFINDEX, netdev_naming_open_by_ifindex, fd,
		    .fill = fill_by_ifindex,
		    .fields = { FIELD(OUT, netdev_naming_open_by_ifindex, fd) },
		    .fd = offsetof(struct netdev_naming_open_by_ifindex, fd)),
	NIC_REQUEST(CONTROL, OPEN_BY_NAME, netdev_naming_open_by_name, __reserved,
		    .fill = fill_by_name,
		    .fields = { FIELD(OUT, netdev_naming_open_by_name, fd),
				FIELD(RESERVED, netdev_naming_open_by_name, __reserved) },
		    .fd = offsetof(struct netdev_naming_open_by_name, fd)),
	NIC_REQUEST(CONTROL, OPEN_BY_ID, netdev_naming_open_by_id, __reserved,
		    .fill = fill_by_id,
		    .fields = { FIELD(OUT, netdev_naming_open_by_id, fd),
				FIELD(RESERVED, netdev_naming_open_by_id, __reserved) },
		    .fd = offsetof(struct netdev_naming_open_by_id, fd)),
	SYMBOL_REQUEST(INFO, symbol_index_info, update_max_ns,
		       .fields = { FIELDS(OUT, symbol_index_info, generation, update_max_ns) }),
	SYMBOL_REQUEST(LOOKUP, symbol_index_lookup, generation,
		       .fill = fill_lookup,
		       .fields = { FIELDS(OUT, symbol_index_lookup, length, generation) },
		       .capacity = offsetof(struct symbol_index_lookup, buffer_size),
		       .length = offsetof(struct symbol_index_lookup, length)),
	SYMBOL_REQUEST(LIST, symbol_index_list, generation,
		       .fill = fill_symbol_list,
		       .fields = { FIELDS(OUT, symbol_index_list, length, generation) },
		       .capacity = offsetof(struct symbol_index_list, buffer_size),
		       .length = offsetof(struct symbol_index_list, length)),
	SYMBOL_REQUEST(SNAPSHOT, symbol_index_snapshot, generation,
		       .fields = { FIELDS(OUT, symbol_index_snapshot, snapshot_size, generation) }),
	ARRAY_REQUEST(INFO, flex_array_info, creator,
		      .fill = fill_array_info,
		      .fields = { FIELDS(OUT, flex_array_info, bytes, creator) }),
	ARRAY_REQUEST(LIST, flex_array_list, reserved,
		      .fill = fill_array_list,
		      .fields = { FIELD(IN_OUT, flex_array_list, cursor),
				  FIELD(OUT, flex_array_list, count),
				  FIELD(RESERVED, flex_array_list, reserved) }),
};

const unsigned int request_count = ARRAY_SIZE(requests);

static int open_devices(struct subjects *subjects)
{
	static const char *const paths[DESCRIPTORS] = {
		[CONTROL] = "/dev/netdev/control",
		[SYMBOLS] = "/dev/symbol_index",
		[ARRAYS] = "/dev/flex_array",
	};
	int failed = 0;

	for (int i = 0; i < DESCRIPTORS; i++) {
		subjects->fds[i] = paths[i] ? open(paths[i], O_RDONLY | O_CLOEXEC) : -1;
		failed |= paths[i] && subjects->fds[i] < 0;
	}
	return failed;
}

/* symbol_index keeps its entries in an array, so there is one. */
const char *subjects_find(struct subjects *subjects)
{
	struct netdev_naming_open_by_ifindex open_by = { .size = sizeof(open_by) };
	struct netdev_naming_info info = { .size = sizeof(info) };
	struct flex_array_info array = {};
	struct flex_array_list list = {
		.size = sizeof(list), .records = (uintptr_t)&array,
		.record_size = sizeof(array), .capacity = 1,
	};

	if (system("modprobe -a netdev_naming symbol_index") ||
	    system("modprobe dummy numdummies=0 && udevadm settle"))
		return "the modules do not load";
	if (open_devices(subjects))
		return "a device does not open";
	subjects->ifindex = link_add("dummy", NIC, 0);
	if (subjects->ifindex < 0 || link_add_altname(subjects->ifindex, NIC_ALTNAME))
		return "no network device can be made";
	open_by.ifindex = subjects->ifindex;
	if (ioctl(subjects->fds[CONTROL], NETDEV_NAMING_IOC_OPEN_BY_IFINDEX, &open_by))
		return "the network device does not open";
	subjects->fds[HANDLE] = open_by.fd;
	if (ioctl(open_by.fd, NETDEV_NAMING_IOC_GET_INFO, &info) ||
	    ioctl(subjects->fds[ARRAYS], FLEX_ARRAY_IOC_LIST, &list) || !list.count)
		return "an id cannot be read";
	subjects->nic = info.id;
	subjects->array = array.id;
	return NULL;
}

void subjects_release(struct subjects *subjects)
{
	for (int i = 0; i < DESCRIPTORS; i++)
		if (subjects->fds[i] >= 0)
			close(subjects->fds[i]);
	if (subjects->ifindex > 0)
		link_del(subjects->ifindex);
}
