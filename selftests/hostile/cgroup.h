/* SPDX-License-Identifier: GPL-2.0-only */
/* Groups of processes with limits (cgroup v2). */
#ifndef CGROUP_H
#define CGROUP_H

#define CGROUP_TOP	"/sys/fs/cgroup"

/*
 * Zero or a negative errno value; -EOPNOTSUPP where the kernel has no such controller
 * below a unified hierarchy.
 */
int cgroup_make(const char *name, const char *controller);
int cgroup_set(const char *name, const char *file, const char *value);
int cgroup_enter(const char *name);		/* the calling process */
long long cgroup_get(const char *name, const char *file);
void cgroup_remove(const char *name);		/* waits for its processes to be gone */

#endif /* CGROUP_H */
