// SPDX-License-Identifier: GPL-2.0-only
/*
 * Readers without privilege that get hardly any processor time, or none: a scheduler takes
 * it from them wherever they are, so whatever lock they hold in a call is held for long.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "../lib/harness.h"
#include "../lib/link.h"

#include "pace.h"
#include "readers.h"
#include "work.h"

#define NICS		20	/* besides WORK_NIC, so that a listing takes a while */
#define PACE_SECONDS	25

FIXTURE(delay)
{
	struct readers *readers;
};

FIXTURE_VARIANT(delay)
{
	enum readers_what what;
	bool throttled;		/* or else stopped */
	const char *text;
	long long (*step)(void *arg);
};

FIXTURE_VARIANT_ADD(delay, throttled_links)
{
	.what = READERS_NICS, .throttled = true, .step = work_time_links,
	.text = "ip link add, set, del, 8 readers with 1 % of a processor each",
};

FIXTURE_VARIANT_ADD(delay, throttled_modules)
{
	.what = READERS_SYMBOLS, .throttled = true, .step = work_time_modules,
	.text = "finit_module(), 8 readers with 1 % of a processor each",
};

FIXTURE_VARIANT_ADD(delay, stopped_links)
{
	.what = READERS_NICS, .step = work_time_links,
	.text = "ip link add, set, del, 8 stopped readers",
};

FIXTURE_VARIANT_ADD(delay, stopped_modules)
{
	.what = READERS_SYMBOLS, .step = work_time_modules,
	.text = "finit_module(), 8 stopped readers",
};

static void nics(bool there)
{
	char name[32];
	int nr, ifindex;

	for (nr = 0; nr < NICS; nr++) {
		snprintf(name, sizeof(name), "hsd%d", nr);
		ifindex = link_index(name);
		if (there && ifindex < 0)
			link_add("dummy", name, 0);
		else if (!there && ifindex > 0)
			link_del(ifindex);
	}
}

static int throttle(void *arg, bool on)
{
	return readers_run(arg, on);
}

static int stop(void *arg, bool on)
{
	if (on)
		return readers_run(arg, true) ?: readers_stop(arg, true);
	return readers_stop(arg, false) ?: readers_run(arg, false);
}

FIXTURE_SETUP(delay)
{
	int err;

	self->readers = NULL;
	nics(true);
	ASSERT_EQ(0, work_setup());
	self->readers = readers_start(variant->what, variant->throttled, &err);
	if (err == -EOPNOTSUPP)
		SKIP(return, "no controller of processor time in this kernel");
	ASSERT_EQ(0, err);
}

FIXTURE_TEARDOWN(delay)
{
	if (self->readers)
		readers_end(self->readers);
	nics(false);
	work_cleanup();
}

TEST_F(delay, nobody_waits_for_them)
{
	struct pace pace = {
		.what = variant->text,
		.limit = 1.5,
		.seconds = PACE_SECONDS,
		.step = variant->step,
		.attack = variant->throttled ? throttle : stop,
		.arg = self->readers,
	};
	struct pace_result result;

	ASSERT_EQ(0, pace_measure(&pace, &result));
	EXPECT_LE(result.ratio, pace.limit);
}

TEST_HARNESS_MAIN
