/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's test harness, with a limit per test that only a hang reaches:
 * a guest that is emulated on a loaded machine takes minutes for what takes a
 * second on hardware.
 */
#ifndef WAYMARK_SELFTESTS_HARNESS_H
#define WAYMARK_SELFTESTS_HARNESS_H

#include "kselftest_harness.h"
#include <stdlib.h>

#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 900

/* Detectors look at every access, and there is not time for all of it. */
static inline int harness_slow(void)
{
	return getenv("WAYMARK_SLOW") && !getenv("WAYMARK_LONG");
}

/*
 * How often to repeat what may go wrong at any time: where detectors look, each time is
 * worth more and takes much longer.
 */
static inline int harness_rounds(int usual)
{
	return harness_slow() ? (usual + 19) / 20 : usual;
}

#endif
