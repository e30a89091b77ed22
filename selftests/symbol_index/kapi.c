// SPDX-License-Identifier: GPL-2.0-only
/* <linux/symbol_index.h>, the interface for other modules, by a module that uses it. */
#include "symidx_test.h"
#include "kselftest_harness.h"

#define WALK "/sys/module/symbol_index_probe/parameters/walk"

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

TEST_HARNESS_MAIN
