// SPDX-License-Identifier: GPL-2.0-only
/* <linux/symbol_index.h>, the interface for other modules, by a module that uses it. */
#include "symidx_test.h"
#include "kselftest_harness.h"

#define WALK "/sys/module/symbol_index_probe/parameters/walk"
#define LOOKUP "/sys/module/symbol_index_probe/parameters/lookup"

FIXTURE(kapi)
{
	int fd;
};

FIXTURE_SETUP(kapi)
{
	self->fd = device_open();
	ASSERT_LE(0, self->fd)
		TH_LOG("cannot open " DEVICE ": %s", strerror(errno));
	ASSERT_EQ(0, load_test_module("symbol_index_probe"));
}

FIXTURE_TEARDOWN(kapi)
{
	EXPECT_EQ(0, rmmod("symbol_index_probe"));
	close(self->fd);
}

/* A walk sees what the device lists, and every symbol of it is looked up the same. */
TEST_F(kapi, walk_and_lookup)
{
	static const char *const prefixes[] = {
		" ", "netif_", "symbol_index_", "register_netdev", "no_such_prefix",
	};
	char answer[512], wanted[512];
	struct symbols listed = {};
	const char *prefix;
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(prefixes); i++) {
		/* A blank is stripped; an empty write never arrives. */
		prefix = *prefixes[i] == ' ' ? "" : prefixes[i];
		ASSERT_EQ(0, device_list(self->fd, prefix, NULL, 65536, &listed));
		ASSERT_EQ(0, write_file(WALK, prefixes[i]));
		ASSERT_EQ(0, read_file(WALK, answer, sizeof(answer)));
		snprintf(wanted, sizeof(wanted), "%zu %zu %s %s", listed.count, listed.count,
			 listed.count ? listed.list[0].name : "",
			 listed.count ? listed.list[listed.count - 1].name : "");
		EXPECT_STREQ(wanted, answer);
	}
	symbols_free(&listed);
}

/* What symbol_index offers to its loader alone is in a namespace, and so are its symbols here. */
TEST_F(kapi, lookup_knows_namespaces)
{
	static const struct {
		const char *question;
		const char *answer;
	} lookups[] = {
		{ "symbol_index_lookup", "symbol_index_lookup found" },
		{ "symbol_index_lookup ANY", "symbol_index_lookup found" },
		{ "symidx_search", "symidx_search missing" },
		{ "symidx_search SYMBOL_INDE", "symidx_search missing" },
		{ "symidx_search SYMBOL_INDEX", "symidx_search found" },
		{ "no_such_symbol", "no_such_symbol missing" },
	};
	struct symbols listed = {};
	char answer[512];
	unsigned int i;
	size_t n;

	for (i = 0; i < ARRAY_SIZE(lookups); i++) {
		ASSERT_EQ(0, write_file(LOOKUP, lookups[i].question));
		ASSERT_EQ(0, read_file(LOOKUP, answer, sizeof(answer)));
		EXPECT_STREQ(lookups[i].answer, answer);
	}
	ASSERT_EQ(0, device_list(self->fd, "symidx_", "symbol_index", 65536, &listed));
	EXPECT_LE(4, listed.count);
	for (n = 0; n < listed.count; n++)
		EXPECT_STREQ("SYMBOL_INDEX", listed.list[n].name_space);
	symbols_free(&listed);
}

TEST_HARNESS_MAIN
