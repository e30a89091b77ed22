// SPDX-License-Identifier: GPL-2.0-only
/*
 * Poison in a reply is seen by its runs (poison.h). A hole of fewer bytes than a run has is
 * seen only by what it must be, zero: so each reserved field, each byte of padding and each
 * byte behind the end of a string is looked at by itself. Where the kernel writes a whole
 * buffer, it finds it full of bytes that it must have replaced.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <unistd.h>
#include <linux/flex_array.h>
#include <linux/netdev_naming.h>
#include <linux/symbol_index.h>
#include <linux/symbol_index_format.h>
#include "../lib/link.h"
#include "../lib/poison.h"
#include "nic.h"
#include "replies.h"

/* What buffers are full of before; no poison, not zero. */
#define FILL	0xe7
/* Beyond the records that the kernel knows, where it has to write zeroes. */
#define BEYOND	24

#define RESERVED_IS_ZERO(field)	poison_is_zero(&(field), sizeof(field))
#define STRING_IS_CLEAN(field)	poison_is_string((const char *)(field), sizeof(field))
#define REST_IS_ZERO(field, used)	rest_is_zero(field, used, sizeof(field))

static int rest_is_zero(const void *field, size_t used, size_t size)
{
	return used <= size && poison_is_zero((const char *)field + used, size - used);
}

struct reply_plant reply_plant;

static void plant(unsigned long number, void *argument)
{
	char *place = argument;
	__u64 buffer;

	if (number != reply_plant.number || reply_plant.pointer >= PLANT_BEHIND_MAP)
		return;
	if (reply_plant.pointer != PLANT_IN_ARGUMENT) {
		memcpy(&buffer, place + reply_plant.pointer, sizeof(buffer));
		place = (char *)(unsigned long)buffer;
	}
	memcpy(place + reply_plant.offset, reply_plant.bytes, reply_plant.count);
}

/* Into a copy: nobody can write to the map. Behind it, the copy has a page more. */
static const void *plant_in_map(const void *map, size_t *mapped)
{
	size_t page = sysconf(_SC_PAGESIZE), offset = reply_plant.offset;
	char *copy;

	if (map == MAP_FAILED || reply_plant.number != SYMBOL_INDEX_IOC_SNAPSHOT ||
	    reply_plant.pointer < PLANT_BEHIND_MAP)
		return map;
	copy = calloc(1, *mapped + page);
	if (!copy)
		return MAP_FAILED;
	memcpy(copy, map, *mapped);
	if (reply_plant.pointer == PLANT_BEHIND_MAP) {
		offset += *mapped;
		*mapped += page;
	}
	memcpy(copy + offset, reply_plant.bytes, reply_plant.count);
	return copy;
}

static int call(int fd, unsigned long number, void *argument)
{
	int result = ioctl(fd, number, argument);

	if (result)
		printf("# ioctl %#lx: %s\n", number, strerror(errno));
	else
		plant(number, argument);
	return result;
}

static int judge(int result, const void *reply, size_t size)
{
	if (result)
		return FAILED;
	if (poison_find(reply, size) >= 0)
		return POISON;
	return poison_find_address(reply, size) >= 0 ? ADDRESS : CLEAN;
}

/* What behind the end of a reply is as it was. */
static int untouched(const void *bytes, size_t used, size_t size)
{
	const unsigned char *byte = bytes;

	for (size_t i = used; i < size; i++)
		if (byte[i] != FILL)
			return 0;
	return used <= size;
}

static int info_is_clean(const struct netdev_naming_info *info)
{
	return RESERVED_IS_ZERO(info->flags) && RESERVED_IS_ZERO(info->__reserved) &&
	       REST_IS_ZERO(info->addr, info->addr_len) &&
	       REST_IS_ZERO(info->perm_addr, info->addr_len) &&
	       REST_IS_ZERO(info->phys_port_id, info->phys_port_id_len) &&
	       REST_IS_ZERO(info->phys_switch_id, info->phys_switch_id_len) &&
	       STRING_IS_CLEAN(info->name) && STRING_IS_CLEAN(info->phys_port_name) &&
	       STRING_IS_CLEAN(info->kind) && STRING_IS_CLEAN(info->devtype) &&
	       STRING_IS_CLEAN(info->driver) && STRING_IS_CLEAN(info->parent_bus) &&
	       STRING_IS_CLEAN(info->parent_name);
}

int reply_info(const char *path)
{
	struct netdev_naming_info info = { .size = sizeof(info) };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int wrong = judge(call(fd, NETDEV_NAMING_IOC_GET_INFO, &info), &info, sizeof(info));

	return wrong ?: info_is_clean(&info) ? CLEAN : NOT_ZERO;
}

int reply_altnames(const char *path)
{
	char names[4096];
	struct netdev_naming_altnames all = {
		.size = sizeof(all), .names = (unsigned long)names, .capacity = sizeof(names),
	};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int wrong;

	memset(names, FILL, sizeof(names));
	/* Its own pointer is no address of the kernel. */
	wrong = judge(call(fd, NETDEV_NAMING_IOC_GET_ALTNAMES, &all), &all, sizeof(all));
	if (wrong)
		return wrong;
	if (all.count != 1 || all.length != sizeof(NIC_ALTNAME) ||
	    memcmp(names, NIC_ALTNAME, sizeof(NIC_ALTNAME)))
		return FAILED;
	if (!RESERVED_IS_ZERO(all.flags) || !RESERVED_IS_ZERO(all.__reserved))
		return NOT_ZERO;
	return untouched(names, all.length, sizeof(names)) ? CLEAN : STRAY;
}

int reply_enumerate(const char *path)
{
	struct {
		struct netdev_naming_entry known;
		unsigned char beyond[BEYOND];
	} entries[64];
	struct netdev_naming_enumerate all = {
		.size = sizeof(all), .capacity = 64, .entry_size = sizeof(entries[0]),
		.entries = (unsigned long)entries,
	};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int wrong;

	memset(entries, FILL, sizeof(entries));
	wrong = judge(call(fd, NETDEV_NAMING_IOC_ENUMERATE, &all), &all, sizeof(all));
	if (wrong || !all.count || all.count > 64)
		return wrong ?: FAILED;
	wrong = judge(0, entries, sizeof(entries[0]) * all.count);
	if (wrong)
		return wrong;
	if (!RESERVED_IS_ZERO(all.flags))
		return NOT_ZERO;
	for (unsigned int i = 0; i < all.count; i++)
		if (!STRING_IS_CLEAN(entries[i].known.name) || !RESERVED_IS_ZERO(entries[i].beyond))
			return NOT_ZERO;
	return untouched(entries, sizeof(entries[0]) * all.count, sizeof(entries)) ? CLEAN : STRAY;
}

int reply_open_by_ifindex(const char *path)
{
	struct netdev_naming_open_by_ifindex by = { .size = sizeof(by), .ifindex = 1 };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int wrong = judge(call(fd, NETDEV_NAMING_IOC_OPEN_BY_IFINDEX, &by), &by, sizeof(by));

	return wrong ?: RESERVED_IS_ZERO(by.flags) ? CLEAN : NOT_ZERO;
}

int reply_open_by_name(const char *path)
{
	struct netdev_naming_open_by_name by = { .size = sizeof(by), .name = "lo" };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int wrong = judge(call(fd, NETDEV_NAMING_IOC_OPEN_BY_NAME, &by), &by, sizeof(by));

	if (wrong)
		return wrong;
	return RESERVED_IS_ZERO(by.flags) && RESERVED_IS_ZERO(by.__reserved) &&
	       STRING_IS_CLEAN(by.name) ? CLEAN : NOT_ZERO;
}

int reply_open_by_id(const char *path)
{
	struct netdev_naming_open_by_ifindex index = { .size = sizeof(index), .ifindex = 1 };
	struct netdev_naming_open_by_id by = { .size = sizeof(by) };
	struct netdev_naming_info info = { .size = sizeof(info) };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int wrong;

	if (call(fd, NETDEV_NAMING_IOC_OPEN_BY_IFINDEX, &index) ||
	    call(index.fd, NETDEV_NAMING_IOC_GET_INFO, &info))
		return FAILED;
	by.id = info.id;
	wrong = judge(call(fd, NETDEV_NAMING_IOC_OPEN_BY_ID, &by), &by, sizeof(by));
	if (wrong)
		return wrong;
	return RESERVED_IS_ZERO(by.flags) && RESERVED_IS_ZERO(by.__reserved) ? CLEAN : NOT_ZERO;
}

int reply_event(const struct netdev_naming_event *event)
{
	int wrong = judge(event->size != sizeof(*event), event, sizeof(*event));

	if (wrong)
		return wrong;
	return RESERVED_IS_ZERO(event->__reserved) && STRING_IS_CLEAN(event->name) &&
	       REST_IS_ZERO(event->detail, event->detail_len) ? CLEAN : NOT_ZERO;
}

int reply_symbol_info(const char *path)
{
	struct symbol_index_info info = { .size = sizeof(info) };
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int result = call(fd, SYMBOL_INDEX_IOC_INFO, &info);

	if (!REST_IS_ZERO(info.build_id, info.build_id_size) || !RESERVED_IS_ZERO(info.flags))
		return NOT_ZERO;
	if (info.capabilities & SYMBOL_INDEX_CAP_ADDRESS)
		return ADDRESS;
	/* The build id is a hash: anything may be in it. */
	memset(info.build_id, 0, sizeof(info.build_id));
	return judge(result, &info, sizeof(info));
}

/* Where the string at an offset of a record ends, behind its NUL; 0 if it does not. */
static size_t string_end(const struct symbol_index_record *record, size_t offset)
{
	const char *string = (const char *)record + offset;
	size_t room = offset < record->record_size ? record->record_size - offset : 0;
	size_t length = strnlen(string, room);

	return length < room ? offset + length + 1 : 0;
}

/* @room: bytes from it on. Forgets its CRC, which is a hash: anything may be in it. */
static int judge_record(struct symbol_index_record *record, size_t room)
{
	size_t end;
	int wrong;

	if (room < sizeof(*record) || record->record_size < sizeof(*record) ||
	    record->record_size > room || record->record_size % 8)
		return FAILED;
	if (record->address || record->flags & SYMBOL_INDEX_RECORD_ADDRESS)
		return ADDRESS;
	if (record->crc && !(record->flags & SYMBOL_INDEX_RECORD_CRC))
		return NOT_ZERO;
	record->crc = 0;
	wrong = judge(0, record, record->record_size);
	if (wrong)
		return wrong;
	/* Strings follow the fields and each other, then there is padding. */
	if (record->name_offset != sizeof(*record) ||
	    record->owner_offset != string_end(record, record->name_offset) ||
	    record->namespace_offset != string_end(record, record->owner_offset))
		return STRAY;
	end = string_end(record, record->namespace_offset);
	if (!end)
		return STRAY;
	return rest_is_zero(record, end, record->record_size) ? CLEAN : NOT_ZERO;
}

int reply_symbol_lookup(const char *path)
{
	static const char name[] = "register_netdev";
	static __u64 record[128];
	struct symbol_index_lookup lookup = {
		.size = sizeof(lookup), .name = (unsigned long)name,
		.buffer = (unsigned long)record, .buffer_size = sizeof(record),
	};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int wrong;

	memset(record, FILL, sizeof(record));
	wrong = judge(call(fd, SYMBOL_INDEX_IOC_LOOKUP, &lookup), &lookup, sizeof(lookup));
	if (wrong)
		return wrong;
	if (!RESERVED_IS_ZERO(lookup.flags))
		return NOT_ZERO;
	if (!untouched(record, lookup.length, sizeof(record)))
		return STRAY;
	return judge_record((void *)record, lookup.length);
}

int reply_symbol_list(const char *path)
{
	static __u64 records[8192];
	struct symbol_index_list list = {
		.size = sizeof(list), .buffer = (unsigned long)records,
		.buffer_size = sizeof(records),
	};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	unsigned int at = 0, count = 0;
	int wrong;

	memset(records, FILL, sizeof(records));
	wrong = judge(call(fd, SYMBOL_INDEX_IOC_LIST, &list), &list, sizeof(list));
	if (wrong || !list.count)
		return wrong ?: FAILED;
	if (!RESERVED_IS_ZERO(list.flags) || list.status & ~SYMBOL_INDEX_LIST_MORE)
		return NOT_ZERO;
	if (!untouched(records, list.length, sizeof(records)))
		return STRAY;
	for (; at < list.length && !wrong; count++) {
		struct symbol_index_record *record = (void *)((char *)records + at);

		wrong = judge_record(record, list.length - at);
		at += record->record_size;
	}
	return wrong ?: count == list.count ? CLEAN : FAILED;
}

/* Ends of one section to the start of the next: the bytes of nothing. */
static int gaps_are_zero(const unsigned char *map, size_t mapped)
{
	const struct symbol_index_format_header *header = (const void *)map;
	size_t end = sizeof(*header);

	for (int i = 0; i <= SYMBOL_INDEX_FORMAT_NR_SECTIONS; i++) {
		const struct symbol_index_format_section *section = &header->section[i];
		int last = i == SYMBOL_INDEX_FORMAT_NR_SECTIONS;
		size_t start = last ? mapped : section->offset;

		if (!last && !section->count)
			continue;
		if (start < end || start > mapped || !poison_is_zero(map + end, start - end))
			return 0;
		if (!last)
			end = start + (size_t)section->count * section->entry_size;
	}
	return 1;
}

int reply_snapshot(const char *path)
{
	struct symbol_index_snapshot taken = { .size = sizeof(taken) };
	const struct symbol_index_format_header *header;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	size_t page = sysconf(_SC_PAGESIZE), mapped;
	int wrong = judge(call(fd, SYMBOL_INDEX_IOC_SNAPSHOT, &taken), &taken, sizeof(taken));

	if (wrong)
		return wrong;
	if (!RESERVED_IS_ZERO(taken.flags))
		return NOT_ZERO;
	mapped = (taken.snapshot_size + page - 1) / page * page;
	header = plant_in_map(mmap(NULL, mapped, PROT_READ, MAP_SHARED, fd, 0), &mapped);
	if (header == MAP_FAILED || memcmp(header->magic, SYMBOL_INDEX_FORMAT_MAGIC, 8) ||
	    !header->section[SYMBOL_INDEX_FORMAT_SYMBOLS].count)
		return FAILED;
	if (header->section[SYMBOL_INDEX_FORMAT_VALUES].count)
		return ADDRESS;
	return RESERVED_IS_ZERO(header->reserved0) && RESERVED_IS_ZERO(header->reserved) &&
	       REST_IS_ZERO(header->build_id, header->build_id_size) &&
	       gaps_are_zero((const void *)header, mapped) ? CLEAN : NOT_ZERO;
}

static int judge_array(const struct flex_array_info *info)
{
	int wrong = judge(!info->id || info->size != sizeof(*info), info, sizeof(*info));

	if (wrong)
		return wrong;
	return RESERVED_IS_ZERO(info->flags) && RESERVED_IS_ZERO(info->reserved) &&
	       STRING_IS_CLEAN(info->owner) && STRING_IS_CLEAN(info->creator) ? CLEAN : NOT_ZERO;
}

/* The array of netdev_naming's minors is there at least. */
int reply_array_list(const char *path)
{
	struct {
		struct flex_array_info known;
		unsigned char beyond[BEYOND];
	} records[32];
	struct flex_array_list list = {
		.size = sizeof(list), .records = (unsigned long)records,
		.record_size = sizeof(records[0]), .capacity = 32,
	};
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int wrong;

	memset(records, FILL, sizeof(records));
	wrong = judge(call(fd, FLEX_ARRAY_IOC_LIST, &list), &list, sizeof(list));
	if (wrong || !list.count || list.count > 32)
		return wrong ?: FAILED;
	for (unsigned int i = 0; i < list.count && !wrong; i++)
		wrong = judge_array(&records[i].known) ?:
			RESERVED_IS_ZERO(records[i].beyond) ? CLEAN : NOT_ZERO;
	if (wrong || !RESERVED_IS_ZERO(list.flags) || !RESERVED_IS_ZERO(list.reserved))
		return wrong ?: NOT_ZERO;
	return untouched(records, sizeof(records[0]) * list.count, sizeof(records)) ? CLEAN : STRAY;
}

int reply_array_info(const char *path)
{
	struct flex_array_info info = { .size = sizeof(info) }, first = {};
	struct flex_array_list list = {
		.size = sizeof(list), .records = (unsigned long)&first,
		.record_size = sizeof(first), .capacity = 1,
	};
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (call(fd, FLEX_ARRAY_IOC_LIST, &list) || list.count != 1)
		return FAILED;
	/* The fields behind the id are written only. */
	memset(&info.bytes, FILL, sizeof(info) - offsetof(struct flex_array_info, bytes));
	info.id = first.id;
	return call(fd, FLEX_ARRAY_IOC_INFO, &info) ? FAILED : judge_array(&info);
}
