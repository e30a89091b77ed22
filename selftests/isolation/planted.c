// SPDX-License-Identifier: GPL-2.0-only
/*
 * That each check of a reply can fail: wrong bytes are planted into what the kernel gave, one
 * at a time, each where one check has to see it.
 */
#define _GNU_SOURCE
#include <grp.h>
#include <stdio.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/flex_array.h>
#include <linux/netdev_naming.h>
#include <linux/symbol_index.h>
#include <linux/symbol_index_format.h>
#include "nic.h"
#include "replies.h"

#define NOBODY	65534
#define CONTROL	"/dev/netdev/control"
#define SYMBOLS	"/dev/symbol_index"
#define ARRAYS	"/dev/flex_array"
#define LOOPBACK	"/dev/netdev/if1"
/* What as many records as replies.c has room for take; the kernel fills a part of them. */
#define ENTRIES	(64 * (sizeof(struct netdev_naming_entry) + 24))
#define RECORDS	(32 * (sizeof(struct flex_array_info) + 24))

#define ONE	"\1", 1
#define POISONED	"\x5a\x5a\x5a\x5a", 4
#define POINTER	"\x78\x56\x34\x12\x80\x88\xff\xff", 8

#define AT(type, member)	offsetof(struct type, member)
#define LAST(type, member)	(AT(type, member) + sizeof(((struct type *)0)->member) - 1)
#define ARGUMENT	PLANT_IN_ARGUMENT

struct broken {
	int (*reply)(const char *path);
	const char *path;		/* NULL: the NIC's node */
	struct reply_plant plant;
	int verdict;
};

#define INFO(offset, bytes, verdict) \
	{ reply_info, LOOPBACK, { NETDEV_NAMING_IOC_GET_INFO, ARGUMENT, offset, bytes }, verdict }
#define INFO_LAST(member)	INFO(LAST(netdev_naming_info, member), ONE, NOT_ZERO)
#define ALTNAMES(where, offset, bytes, verdict) \
	{ reply_altnames, NULL, \
	  { NETDEV_NAMING_IOC_GET_ALTNAMES, where, offset, bytes }, verdict }
#define ENUMERATE(where, offset, bytes, verdict) \
	{ reply_enumerate, CONTROL, \
	  { NETDEV_NAMING_IOC_ENUMERATE, where, offset, bytes }, verdict }
#define BY_IFINDEX(offset, bytes, verdict) \
	{ reply_open_by_ifindex, CONTROL, \
	  { NETDEV_NAMING_IOC_OPEN_BY_IFINDEX, ARGUMENT, offset, bytes }, verdict }
#define BY_ID(offset, bytes, verdict) \
	{ reply_open_by_id, CONTROL, \
	  { NETDEV_NAMING_IOC_OPEN_BY_ID, ARGUMENT, offset, bytes }, verdict }
#define BY_NAME(offset, bytes, verdict) \
	{ reply_open_by_name, CONTROL, \
	  { NETDEV_NAMING_IOC_OPEN_BY_NAME, ARGUMENT, offset, bytes }, verdict }
#define LOOKUP(where, offset, bytes, verdict) \
	{ reply_symbol_lookup, SYMBOLS, \
	  { SYMBOL_INDEX_IOC_LOOKUP, where, offset, bytes }, verdict }
#define LIST(where, offset, bytes, verdict) \
	{ reply_symbol_list, SYMBOLS, \
	  { SYMBOL_INDEX_IOC_LIST, where, offset, bytes }, verdict }
#define SNAPSHOT(where, offset, bytes, verdict) \
	{ reply_snapshot, SYMBOLS, \
	  { SYMBOL_INDEX_IOC_SNAPSHOT, where, offset, bytes }, verdict }
#define ARRAY(where, offset, bytes, verdict) \
	{ reply_array_list, ARRAYS, { FLEX_ARRAY_IOC_LIST, where, offset, bytes }, verdict }

#define NAMES	AT(netdev_naming_altnames, names)
#define ENTRY	AT(netdev_naming_enumerate, entries)
#define RECORD	AT(symbol_index_lookup, buffer)
#define LISTED	AT(symbol_index_list, buffer)
#define ARRAY_AT	AT(flex_array_list, records)
/* "register_netdev", "vmlinux" and "", each with its NUL, and then what pads the record. */
#define PADDING	(sizeof(struct symbol_index_record) + 16 + 8 + 1)

static const struct broken all[] = {
	INFO(AT(netdev_naming_info, flags), ONE, NOT_ZERO),
	INFO(AT(netdev_naming_info, name) + 8, POISONED, POISON),
	INFO(AT(netdev_naming_info, id), POINTER, ADDRESS),
	INFO_LAST(__reserved), INFO_LAST(addr), INFO_LAST(perm_addr), INFO_LAST(phys_port_id),
	INFO_LAST(phys_switch_id), INFO_LAST(name), INFO_LAST(phys_port_name), INFO_LAST(kind),
	INFO_LAST(devtype), INFO_LAST(driver), INFO_LAST(parent_bus), INFO_LAST(parent_name),
	ALTNAMES(ARGUMENT, AT(netdev_naming_altnames, flags), ONE, NOT_ZERO),
	ALTNAMES(ARGUMENT, LAST(netdev_naming_altnames, __reserved), ONE, NOT_ZERO),
	ALTNAMES(NAMES, sizeof(NIC_ALTNAME), ONE, STRAY),
	ALTNAMES(NAMES, 4095, ONE, STRAY),
	ENUMERATE(ARGUMENT, AT(netdev_naming_enumerate, flags), ONE, NOT_ZERO),
	ENUMERATE(ENTRY, AT(netdev_naming_entry, id), POINTER, ADDRESS),
	ENUMERATE(ENTRY, AT(netdev_naming_entry, name) + 8, POISONED, POISON),
	ENUMERATE(ENTRY, LAST(netdev_naming_entry, name), ONE, NOT_ZERO),
	ENUMERATE(ENTRY, sizeof(struct netdev_naming_entry), ONE, NOT_ZERO),
	ENUMERATE(ENTRY, ENTRIES - 1, ONE, STRAY),
	BY_IFINDEX(AT(netdev_naming_open_by_ifindex, flags), ONE, NOT_ZERO),
	BY_NAME(AT(netdev_naming_open_by_name, flags), ONE, NOT_ZERO),
	BY_NAME(LAST(netdev_naming_open_by_name, name), ONE, NOT_ZERO),
	BY_NAME(LAST(netdev_naming_open_by_name, __reserved), ONE, NOT_ZERO),
	BY_ID(LAST(netdev_naming_open_by_id, __reserved), ONE, NOT_ZERO),
	{ reply_symbol_info, SYMBOLS,
	  { SYMBOL_INDEX_IOC_INFO, ARGUMENT, AT(symbol_index_info, flags), ONE }, NOT_ZERO },
	LOOKUP(ARGUMENT, LAST(symbol_index_lookup, flags), ONE, NOT_ZERO),
	LOOKUP(RECORD, AT(symbol_index_record, address), POINTER, ADDRESS),
	LOOKUP(RECORD, PADDING, ONE, NOT_ZERO),
	LOOKUP(RECORD, AT(symbol_index_record, name_offset), ONE, STRAY),
	LOOKUP(RECORD, 1023, ONE, STRAY),
	LIST(ARGUMENT, LAST(symbol_index_list, flags), ONE, NOT_ZERO),
	LIST(LISTED, AT(symbol_index_record, address), POINTER, ADDRESS),
	LIST(LISTED, AT(symbol_index_record, record_size), ONE, FAILED),
	SNAPSHOT(ARGUMENT, AT(symbol_index_snapshot, flags), ONE, NOT_ZERO),
	SNAPSHOT(PLANT_IN_MAP, AT(symbol_index_format_header, reserved0), ONE, NOT_ZERO),
	SNAPSHOT(PLANT_IN_MAP, LAST(symbol_index_format_header, reserved), ONE, NOT_ZERO),
	SNAPSHOT(PLANT_BEHIND_MAP, 4095, ONE, NOT_ZERO),
	ARRAY(ARGUMENT, AT(flex_array_list, flags), ONE, NOT_ZERO),
	ARRAY(ARGUMENT, AT(flex_array_list, reserved), ONE, NOT_ZERO),
	ARRAY(ARRAY_AT, AT(flex_array_info, bytes), POINTER, ADDRESS),
	ARRAY(ARRAY_AT, LAST(flex_array_info, reserved), ONE, NOT_ZERO),
	ARRAY(ARRAY_AT, LAST(flex_array_info, owner), ONE, NOT_ZERO),
	ARRAY(ARRAY_AT, sizeof(struct flex_array_info), ONE, NOT_ZERO),
	ARRAY(ARRAY_AT, RECORDS - 1, ONE, STRAY),
	{ reply_array_info, ARRAYS,
	  { FLEX_ARRAY_IOC_INFO, ARGUMENT, LAST(flex_array_info, creator), ONE }, NOT_ZERO },
	{}
};

struct broken_event {
	size_t offset;
	const char *bytes;
	size_t count;
	int verdict;
};

static const struct broken_event events[] = {
	{ AT(netdev_naming_event, id), POINTER, ADDRESS },
	{ AT(netdev_naming_event, name) + 8, POISONED, POISON },
	{ LAST(netdev_naming_event, name), ONE, NOT_ZERO },
	{ AT(netdev_naming_event, __reserved), ONE, NOT_ZERO },
	{ AT(netdev_naming_event, detail) + 3, ONE, NOT_ZERO },
	{ LAST(netdev_naming_event, detail), ONE, NOT_ZERO },
	{}
};

/* An event that is as it should be, but for that. */
static int verdict_of_event(const struct broken_event *one)
{
	struct netdev_naming_event event = {
		.size = sizeof(event), .name = NIC, .detail_len = 3, .detail = "abc",
	};

	memcpy((char *)&event + one->offset, one->bytes, one->count);
	return reply_event(&event);
}

/* Root is told addresses; the device of arrays is root's alone. */
static int become_reader(const char *path)
{
	if (path && !strcmp(path, ARRAYS))
		return 0;
	return setgroups(0, NULL) || setresgid(NOBODY, NOBODY, NOBODY) ||
	       setresuid(NOBODY, NOBODY, NOBODY);
}

/* In a process of its own, as each leaves descriptors open. */
static int verdict_of(const struct broken *one, const char *node)
{
	pid_t child;
	int status;

	fflush(stdout);
	child = fork();
	if (!child) {
		reply_plant = one->plant;
		_exit(become_reader(one->path) ? FAILED : one->reply(one->path ?: node));
	}
	if (child < 0 || waitpid(child, &status, 0) != child || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

int planted_missed(const char *node)
{
	static const struct broken_event whole = { 0, "", 0, CLEAN };
	int missed = verdict_of_event(&whole) != whole.verdict;

	for (const struct broken_event *one = events; one->bytes; one++) {
		int got = verdict_of_event(one);

		if (got == one->verdict)
			continue;
		printf("# planted at byte %zu of an event: verdict %d, not %d\n", one->offset, got,
		       one->verdict);
		missed++;
	}
	for (const struct broken *one = all; one->reply; one++) {
		int got = verdict_of(one, node);

		if (got == one->verdict)
			continue;
		printf("# planted number %zu, byte %zu of ioctl %#lx: verdict %d, not %d\n",
		       one - all, one->plant.offset, one->plant.number, got, one->verdict);
		missed++;
	}
	return missed;
}
