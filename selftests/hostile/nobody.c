// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <grp.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cgroup.h"
#include "nobody.h"

#define END_SECONDS	30

static int nobody_become(const char *cgroup)
{
	int err = cgroup ? cgroup_enter(cgroup) : 0;

	if (err)
		return err;
	if (setgroups(0, NULL) || setgid(NOBODY_ID) || setuid(NOBODY_ID))
		return -errno;
	/* A login of that user may write its own uid_map; after setuid() it may not. */
	prctl(PR_SET_DUMPABLE, 1);
	/* setuid() forgets this one. */
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	return 0;
}

int nobody_start(struct nobody *nobody, const char *cgroup,
		 void (*act)(int tell, const void *arg), const void *arg)
{
	int ends[2], err;

	if (pipe(ends))
		return -errno;
	nobody->reports = ends[0];
	nobody->pid = fork();
	if (nobody->pid < 0)
		return -errno;
	if (nobody->pid) {
		close(ends[1]);
		return 0;
	}
	close(ends[0]);
	err = nobody_become(cgroup);
	if (err)
		nobody_tell(ends[1], NOBODY_FAILED, -err);
	else
		act(ends[1], arg);
	for (;;)
		pause();
}

void nobody_tell(int tell, enum nobody_word word, __u32 value)
{
	struct nobody_report report = { .word = word, .value = value };

	if (write(tell, &report, sizeof(report)) != sizeof(report))
		_exit(1);
}

long nobody_expect(struct nobody *nobody, enum nobody_word word, int seconds)
{
	struct pollfd pfd = { .fd = nobody->reports, .events = POLLIN };
	struct nobody_report report;
	int ready = poll(&pfd, 1, seconds * 1000);

	if (ready <= 0)
		return ready ? -errno : -ETIMEDOUT;
	if (read(nobody->reports, &report, sizeof(report)) != sizeof(report))
		return -EPIPE;
	if (report.word == word)
		return report.value;
	return report.word == NOBODY_FAILED ? -(long)report.value : -EPROTO;
}

bool nobody_end(struct nobody *nobody)
{
	int tries;

	kill(nobody->pid, SIGKILL);
	close(nobody->reports);
	for (tries = 0; tries < END_SECONDS * 20; tries++) {
		if (waitpid(nobody->pid, NULL, WNOHANG))
			return true;
		usleep(50000);
	}
	return false;
}
