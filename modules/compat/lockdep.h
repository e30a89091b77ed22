/* SPDX-License-Identifier: GPL-2.0-only */
/* Assertions about locks. */
#ifndef _COMPAT_LOCKDEP_H
#define _COMPAT_LOCKDEP_H

#include <linux/lockdep.h>

/* 5.13 has lockdep_assert_not_held(). Without it nothing is checked. */
#ifdef lockdep_assert_not_held
#define compat_lockdep_assert_not_held(_lock)	lockdep_assert_not_held(_lock)
#else
#define compat_lockdep_assert_not_held(_lock)	((void)(_lock))
#endif

#endif /* _COMPAT_LOCKDEP_H */
