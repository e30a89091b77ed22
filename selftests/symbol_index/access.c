// SPDX-License-Identifier: GPL-2.0-only
/* Who sees addresses: always exactly who sees them in /proc/kallsyms. */
#include <grp.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <linux/capability.h>
#include "symidx_test.h"
#include "../lib/harness.h"

#define KPTR_RESTRICT "/proc/sys/kernel/kptr_restrict"
#define PERF_PARANOID "/proc/sys/kernel/perf_event_paranoid"

/* What a child that became somebody else saw. */
struct view {
	int opened;		/* 0, or the errno of open() */
	int device;		/* the device shows addresses */
	int capability;		/* INFO says that it does */
	int kallsyms;		/* /proc/kallsyms does */
};

FIXTURE(access)
{
	char kptr_restrict[16];
	char perf_paranoid[16];
	char name[512];		/* of an exported function */
};

/* The first exported function in /proc/kallsyms: it is read 18 times as far as to that. */
static int first_exported(int fd, char *name)
{
	RECORD_BUFFER(buffer, 4096);
	FILE *file = fopen("/proc/kallsyms", "re");
	int err = -1;
	char line[1024], type;

	while (file && err && fgets(line, sizeof(line), file))
		if (sscanf(line, "%*x %c %511s", &type, name) == 2 && type == 'T')
			err = device_lookup(fd, name, buffer, sizeof(buffer));
	if (file)
		fclose(file);
	return err;
}

FIXTURE_SETUP(access)
{
	int fd = device_open();

	ASSERT_LE(0, fd)
		TH_LOG("cannot open " DEVICE ": %s", strerror(errno));
	ASSERT_EQ(0, geteuid());
	ASSERT_EQ(0, first_exported(fd, self->name));
	close(fd);
	ASSERT_EQ(0, read_file(KPTR_RESTRICT, self->kptr_restrict, sizeof(self->kptr_restrict)));
	ASSERT_EQ(0, read_file(PERF_PARANOID, self->perf_paranoid, sizeof(self->perf_paranoid)));
}

FIXTURE_TEARDOWN(access)
{
	write_file(KPTR_RESTRICT, self->kptr_restrict);
	write_file(PERF_PARANOID, self->perf_paranoid);
}

/* Whether /proc/kallsyms shows the address of @wanted. */
static int kallsyms_shows(const char *wanted)
{
	unsigned long long address;
	char line[1024], name[512];
	FILE *file = fopen("/proc/kallsyms", "re");
	int shows = 0;

	while (file && fgets(line, sizeof(line), file)) {
		if (strstr(line, wanted) &&
		    sscanf(line, "%llx %*c %511s", &address, name) == 2 && !strcmp(name, wanted)) {
			shows = address != 0;
			break;
		}
	}
	if (file)
		fclose(file);
	return shows;
}

static int drop_syslog(void)
{
	struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2];

	if (syscall(SYS_capget, &header, data))
		return -1;
	data[CAP_SYSLOG / 32].effective &= ~(1U << CAP_SYSLOG % 32);
	data[CAP_SYSLOG / 32].permitted &= ~(1U << CAP_SYSLOG % 32);
	data[CAP_SYSLOG / 32].inheritable &= ~(1U << CAP_SYSLOG % 32);
	return syscall(SYS_capset, &header, data);
}

static void look(struct view *view, const char *name)
{
	RECORD_BUFFER(buffer, 4096);
	struct symbol_index_record *record = (void *)buffer;
	struct symbol_index_info info;
	int fd = open(DEVICE, O_RDONLY | O_CLOEXEC);

	if (fd < 0) {
		view->opened = errno;
		return;
	}
	if (device_lookup(fd, name, buffer, sizeof(buffer)) || device_info(fd, &info))
		_exit(1);
	if (!!record->address != !!(record->flags & SYMBOL_INDEX_RECORD_ADDRESS))
		_exit(2);
	view->device = record->address != 0;
	view->capability = !!(info.capabilities & SYMBOL_INDEX_CAP_ADDRESS);
	view->kallsyms = kallsyms_shows(name);
	close(fd);
}

enum who { ROOT, ROOT_WITHOUT_SYSLOG, NOBODY };

/* Becomes somebody in a child and looks. 0, or -1. */
static int look_as(enum who who, const char *name, struct view *view)
{
	int pipes[2], status;
	pid_t pid;

	memset(view, 0, sizeof(*view));
	if (pipe(pipes))
		return -1;
	pid = fork();
	if (!pid) {
		if (who == ROOT_WITHOUT_SYSLOG && drop_syslog())
			_exit(3);
		if (who == NOBODY && (setgroups(0, NULL) || setgid(65534) || setuid(65534)))
			_exit(4);
		look(view, name);
		_exit(write(pipes[1], view, sizeof(*view)) == sizeof(*view) ? 0 : 5);
	}
	close(pipes[1]);
	if (read(pipes[0], view, sizeof(*view)) != sizeof(*view))
		view->opened = -1;
	close(pipes[0]);
	return waitpid(pid, &status, 0) == pid && !status ? 0 : -1;
}

TEST_F(access, as_kallsyms)
{
	static const char *const restricts[] = { "0", "1", "2" };
	static const char *const paranoids[] = { "1", "2" };
	static const enum who whos[] = { ROOT, ROOT_WITHOUT_SYSLOG, NOBODY };
	unsigned int r, p, w, shown = 0, hidden = 0;
	struct view view;

	for (r = 0; r < 3; r++) {
		for (p = 0; p < 2; p++) {
			ASSERT_EQ(0, write_file(KPTR_RESTRICT, restricts[r]));
			ASSERT_EQ(0, write_file(PERF_PARANOID, paranoids[p]));
			for (w = 0; w < 3; w++) {
				ASSERT_EQ(0, look_as(whos[w], self->name, &view));
				ASSERT_EQ(0, view.opened);
				EXPECT_EQ(view.kallsyms, view.device)
					TH_LOG("kptr_restrict %s, perf_event_paranoid %s, who %u",
					       restricts[r], paranoids[p], w);
				EXPECT_EQ(view.kallsyms, view.capability);
				shown += view.device;
				hidden += !view.device;
			}
		}
	}
	/* Both happened, or nothing was tested. */
	EXPECT_LT(0, shown);
	EXPECT_LT(0, hidden);
}

/* The opener counts, not whoever holds the descriptor. */
TEST_F(access, opener_decides)
{
	RECORD_BUFFER(buffer, 4096);
	struct symbol_index_record *record = (void *)buffer;
	int fd, status;
	pid_t pid;

	ASSERT_EQ(0, write_file(KPTR_RESTRICT, "1"));
	fd = open(DEVICE, O_RDONLY | O_CLOEXEC);
	ASSERT_LE(0, fd);
	pid = fork();
	if (!pid) {
		if (setuid(65534) || device_lookup(fd, "register_netdev", buffer, sizeof(buffer)))
			_exit(1);
		_exit(record->address ? 0 : 2);
	}
	ASSERT_EQ(pid, waitpid(pid, &status, 0));
	EXPECT_EQ(0, status);
	close(fd);
}

/* Everybody may read, nobody may write. */
TEST_F(access, mode)
{
	struct stat st;

	ASSERT_EQ(0, stat(DEVICE, &st));
	EXPECT_EQ(0444, st.st_mode & 0777);
	EXPECT_TRUE(S_ISCHR(st.st_mode));
}

TEST_HARNESS_MAIN
