// SPDX-License-Identifier: GPL-2.0-only
/*
 * A module that somebody else's notifier refuses: whether the index had been told of it
 * or not, it holds nothing of it, and has it when it does load.
 */
#include <limits.h>
#include "symidx_test.h"
#include "../lib/harness.h"

#define REFUSE "/sys/module/symbol_index_refuse/parameters/"
/* Its file is not compressed, so that the kernel's answer to it can be seen. */
#define MODULE "symbol_index_duplicate"
#define EXPORTED "lc_create"
/* Exports the same. */
#define RIVAL "lru_cache"
#define ROUNDS 5

FIXTURE(refused)
{
	int fd;
	__u64 buffer[4096 / 8];
};

/* The index's own notifier has INT_MAX; of equal ones the first to come is asked first. */
FIXTURE_VARIANT(refused)
{
	int priority;
	bool before;		/* it is there before the index */
	unsigned int told;	/* how often the index hears of a module that is refused */
};

FIXTURE_VARIANT_ADD(refused, before_the_index)
{
	.priority = INT_MAX,
	.before = true,
	.told = 0,
};

FIXTURE_VARIANT_ADD(refused, after_the_index)
{
	.priority = INT_MAX,
	.before = false,
	.told = 2,
};

FIXTURE_VARIANT_ADD(refused, last)
{
	.priority = INT_MIN,
	.before = true,
	.told = 2,
};

static int load_refuser(int priority)
{
	char parameters[128];

	snprintf(parameters, sizeof(parameters), "module=" MODULE " priority=%d", priority);
	return load_test_module_with("symbol_index_refuse", parameters);
}

FIXTURE_SETUP(refused)
{
	rmmod(RIVAL);
	if (variant->before) {
		if (!access(DEVICE, F_OK))
			ASSERT_EQ(0, rmmod("symbol_index"));
		ASSERT_EQ(0, load_refuser(variant->priority));
	}
	self->fd = device_open();
	if (!variant->before)
		EXPECT_EQ(0, load_refuser(variant->priority));
	EXPECT_LE(0, self->fd)
		TH_LOG("cannot open " DEVICE ": %s", strerror(errno));
	if (_metadata->exit_code)
		rmmod("symbol_index_refuse");
}

FIXTURE_TEARDOWN(refused)
{
	rmmod(MODULE);
	EXPECT_EQ(0, rmmod("symbol_index_refuse"));
	close(self->fd);
}

static void expect_nothing_of_it(struct __test_metadata *_metadata,
				 struct _test_data_refused *self)
{
	struct symbols listed = {};

	EXPECT_EQ(-1, device_lookup(self->fd, EXPORTED, self->buffer, sizeof(self->buffer)));
	EXPECT_EQ(ENOENT, errno);
	EXPECT_EQ(0, device_list(self->fd, NULL, MODULE, 4096, &listed));
	EXPECT_EQ(0, listed.count);
	symbols_free(&listed);
}

static void expect_counts(struct __test_metadata *_metadata,
			  const struct symbol_index_info *before,
			  const struct symbol_index_info *after, unsigned int told,
			  unsigned int loaded)
{
	EXPECT_EQ(before->kernel_symbols, after->kernel_symbols);
	EXPECT_EQ(before->module_symbols + loaded, after->module_symbols);
	EXPECT_EQ(before->owners + loaded, after->owners);
	EXPECT_EQ(0, after->unindexed);
	EXPECT_EQ(before->generation + told, after->generation);
	EXPECT_EQ(before->updates + told, after->updates);
}

TEST_F(refused, leaves_nothing)
{
	struct symbol_index_info before, after;
	char refused[32];
	int i;

	for (i = 0; i < ROUNDS; i++) {
		ASSERT_EQ(0, device_info(self->fd, &before));
		ASSERT_EQ(EXDEV, load_test_module(MODULE));
		ASSERT_EQ(0, device_info(self->fd, &after));
		expect_counts(_metadata, &before, &after, variant->told, 0);
		expect_nothing_of_it(_metadata, self);
	}
	ASSERT_EQ(0, read_file(REFUSE "refused", refused, sizeof(refused)));
	EXPECT_EQ(ROUNDS, atoi(refused));
}

/* When it does load, it is there like any other, and goes like any other. */
TEST_F(refused, loads_later)
{
	const struct symbol_index_record *record = (void *)self->buffer;
	struct symbol_index_info before, after;

	ASSERT_EQ(EXDEV, load_test_module(MODULE));
	ASSERT_EQ(0, write_file(REFUSE "module", "nobody"));
	ASSERT_EQ(0, device_info(self->fd, &before));
	ASSERT_EQ(0, load_test_module(MODULE));
	ASSERT_EQ(0, device_info(self->fd, &after));
	/* It exports one symbol. */
	expect_counts(_metadata, &before, &after, 1, 1);
	ASSERT_EQ(0, device_lookup(self->fd, EXPORTED, self->buffer, sizeof(self->buffer)));
	EXPECT_STREQ(EXPORTED, record_name(record));
	EXPECT_STREQ(MODULE, record_owner(record));
	ASSERT_EQ(0, rmmod(MODULE));
	ASSERT_EQ(0, device_info(self->fd, &after));
	expect_counts(_metadata, &before, &after, 2, 0);
	expect_nothing_of_it(_metadata, self);
}

/* Its name is free for another owner at once. */
TEST_F(refused, makes_room)
{
	const struct symbol_index_record *record = (void *)self->buffer;

	ASSERT_EQ(EXDEV, load_test_module(MODULE));
	ASSERT_EQ(0, modprobe(RIVAL));
	EXPECT_EQ(0, device_lookup(self->fd, EXPORTED, self->buffer, sizeof(self->buffer)));
	EXPECT_STREQ(RIVAL, record_owner(record));
	EXPECT_EQ(0, rmmod(RIVAL));
	expect_nothing_of_it(_metadata, self);
}

TEST_HARNESS_MAIN
