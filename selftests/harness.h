/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The kernel's test harness, with a limit per test that only a hang reaches:
 * a guest that is emulated on a loaded machine takes minutes for what takes a
 * second on hardware.
 */
#ifndef WAYMARK_SELFTESTS_HARNESS_H
#define WAYMARK_SELFTESTS_HARNESS_H

#include "kselftest_harness.h"

#undef TEST_TIMEOUT_DEFAULT
#define TEST_TIMEOUT_DEFAULT 900

#endif
