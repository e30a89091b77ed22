// SPDX-License-Identifier: GPL-2.0-only
/* SYMBOL_INDEX_IOC_LIST: order, prefix, owner, cursor, buffers of any size. */
#include "symidx_test.h"
#include "../lib/harness.h"

#define BUFFER (256 << 10)
/* A module with exports and no users. */
#define MODULE "lru_cache"

FIXTURE(list)
{
	int fd;
	struct symbols all;
};

FIXTURE_SETUP(list)
{
	self->fd = device_open();
	ASSERT_LE(0, self->fd)
		TH_LOG("cannot open " DEVICE ": %s", strerror(errno));
	ASSERT_EQ(0, device_list(self->fd, NULL, NULL, BUFFER, &self->all));
}

FIXTURE_TEARDOWN(list)
{
	symbols_free(&self->all);
	close(self->fd);
}

static int same(const struct symbols *a, const struct symbols *b)
{
	size_t i;

	if (a->count != b->count)
		return 0;
	for (i = 0; i < a->count; i++)
		if (strcmp(a->list[i].name, b->list[i].name) ||
		    strcmp(a->list[i].owner, b->list[i].owner) ||
		    a->list[i].address != b->list[i].address ||
		    a->list[i].crc != b->list[i].crc || a->list[i].flags != b->list[i].flags)
			return 0;
	return 1;
}

TEST_F(list, whole_index_in_name_order)
{
	struct symbol_index_info info;
	size_t i;

	ASSERT_EQ(0, device_info(self->fd, &info));
	EXPECT_EQ(info.kernel_symbols + info.module_symbols, self->all.count);
	for (i = 1; i < self->all.count; i++)
		ASSERT_GE(0, strcmp(self->all.list[i - 1].name, self->all.list[i].name));
}

TEST_F(list, every_listed_symbol_is_looked_up)
{
	RECORD_BUFFER(buffer, 4096);
	const struct symbol_index_record *record = (void *)buffer;
	const struct symbol *symbol;
	size_t i;

	for (i = 0; i < self->all.count; i++) {
		symbol = &self->all.list[i];
		ASSERT_EQ(0, device_lookup(self->fd, symbol->name, buffer, sizeof(buffer)))
			TH_LOG("%s", symbol->name);
		ASSERT_STREQ(symbol->name, record_name(record));
		ASSERT_STREQ(symbol->owner, record_owner(record));
		ASSERT_EQ(symbol->crc, record->crc);
		ASSERT_EQ(symbol->address, record->address);
	}
}

TEST_F(list, buffer_size_does_not_matter)
{
	struct symbols small = {};
	const __u32 sizes[] = { 1024, 4096, 65536, 65544, 1 << 20 };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(sizes); i++) {
		ASSERT_EQ(0, device_list(self->fd, NULL, NULL, sizes[i], &small));
		EXPECT_EQ(1, same(&self->all, &small))
			TH_LOG("buffer of %u bytes", sizes[i]);
	}
	symbols_free(&small);
}

TEST_F(list, prefix)
{
	static const char *const prefixes[] = {
		"", "a", "netif_", "symbol_index_", "register_netdev", "zzz", "_", "~"
	};
	struct symbols found = {}, wanted = {};
	const struct symbol *symbol;
	unsigned int i;
	size_t n;

	for (i = 0; i < ARRAY_SIZE(prefixes); i++) {
		for (n = 0; n < self->all.count; n++) {
			symbol = &self->all.list[n];
			if (!strncmp(symbol->name, prefixes[i], strlen(prefixes[i])))
				symbols_add(&wanted, symbol->name, symbol->owner, symbol->address,
					    symbol->crc, symbol->flags);
		}
		ASSERT_EQ(0, device_list(self->fd, prefixes[i], NULL, 4096, &found));
		EXPECT_EQ(1, same(&wanted, &found))
			TH_LOG("prefix '%s': %zu, not %zu", prefixes[i], found.count, wanted.count);
		symbols_free(&wanted);
	}
	symbols_free(&found);
}

TEST_F(list, owner)
{
	static const char *const owners[] = { "vmlinux", "symbol_index", "flex_array", "nobody" };
	struct symbols found = {}, wanted = {};
	const struct symbol *symbol;
	unsigned int i;
	size_t n;

	for (i = 0; i < ARRAY_SIZE(owners); i++) {
		for (n = 0; n < self->all.count; n++) {
			symbol = &self->all.list[n];
			if (!strcmp(symbol->owner, owners[i]))
				symbols_add(&wanted, symbol->name, symbol->owner, symbol->address,
					    symbol->crc, symbol->flags);
		}
		EXPECT_EQ(i == 3, !wanted.count);
		ASSERT_EQ(0, device_list(self->fd, NULL, owners[i], 4096, &found));
		EXPECT_EQ(1, same(&wanted, &found))
			TH_LOG("owner %s: %zu, not %zu", owners[i], found.count, wanted.count);
		symbols_free(&wanted);
	}
	symbols_free(&found);
}

/* Listing with a cursor while modules come and go neither repeats nor loses. */
TEST_F(list, cursor_survives_changes)
{
	struct symbol_index_list list;
	char after[SYMBOL_INDEX_CURSOR_MAX] = "";
	struct symbols seen = {};
	const struct symbol *found;
	unsigned int calls = 0;
	bool loaded = false;
	size_t i;

	RECORD_BUFFER(buffer, 1024);

	rmmod(MODULE);
	ASSERT_EQ(0, device_list(self->fd, NULL, NULL, BUFFER, &self->all));
	do {
		const struct symbol_index_record *record = (void *)buffer;
		__u32 n;

		memset(&list, 0, sizeof(list));
		list.size = sizeof(list);
		list.after = after[0] ? (uintptr_t)after : 0;
		list.buffer = (uintptr_t)buffer;
		list.buffer_size = sizeof(buffer);
		ASSERT_EQ(0, ioctl(self->fd, SYMBOL_INDEX_IOC_LIST, &list));
		for (n = 0; n < list.count; n++) {
			ASSERT_GT(0, strcmp(after, record_name(record)));
			if (strcmp(record_owner(record), MODULE))
				symbols_add(&seen, record_name(record), record_owner(record),
					    record->address, record->crc, record->flags);
			snprintf(after, sizeof(after), "%s", record_name(record));
			record = (const void *)((const char *)record + record->record_size);
		}
		if (++calls % 64 == 0) {
			ASSERT_EQ(0, loaded ? rmmod(MODULE) : modprobe(MODULE));
			loaded = !loaded;
		}
	} while (list.status & SYMBOL_INDEX_LIST_MORE);
	if (loaded)
		rmmod(MODULE);
	EXPECT_LT(128, calls);
	for (i = 0; i < self->all.count; i++) {
		found = bsearch(&self->all.list[i], seen.list, seen.count, sizeof(*seen.list),
				symbol_compare);
		EXPECT_NE(NULL, found)
			TH_LOG("%s is missing", self->all.list[i].name);
	}
	EXPECT_EQ(self->all.count, seen.count);
	symbols_free(&seen);
}

TEST_HARNESS_MAIN
