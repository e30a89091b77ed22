// SPDX-License-Identifier: GPL-2.0-only
/*
 * A 32-bit caller gets the same answer as a 64-bit one, from every ioctl: with the same
 * argument, by the kernel's entry for 32-bit programs (int 0x80), which 64-bit programs may
 * use, too, as long as what they point at is below 4 GiB.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/flex_array.h>
#include <linux/netdev_naming.h>
#include <linux/symbol_index.h>
#include "../lib/harness.h"
#include "nic.h"

#define I386_GETPID	20
#define I386_IOCTL	54
#define CONTROL		"/dev/netdev/control"
#define SYMBOLS		"/dev/symbol_index"
#define ARRAYS		"/dev/flex_array"
#define FILL		0xe7

/* All that both callers share, below 4 GiB. */
struct low {
	union {
		__u32 size;
		struct netdev_naming_info info;
		struct netdev_naming_altnames altnames;
		struct netdev_naming_enumerate enumerate;
		struct netdev_naming_open_by_ifindex by_ifindex;
		struct netdev_naming_open_by_name by_name;
		struct netdev_naming_open_by_id by_id;
		struct symbol_index_info symbol_info;
		struct symbol_index_lookup lookup;
		struct symbol_index_list symbol_list;
		struct symbol_index_snapshot snapshot;
		struct flex_array_info array_info;
		struct flex_array_list array_list;
	};
	char name[64];
	unsigned char buffer[65536];
};

struct request {
	const char *what;
	const char *path;	/* NULL: the node of the NIC of nic.h */
	unsigned long number;
	size_t size;
	void (*fill)(struct low *low);
	int (*descriptor)(const struct low *low);
};

static __u64 first_id;		/* of a NIC or of an array: what the last listing said */

static void fill_altnames(struct low *low)
{
	low->altnames.names = (unsigned long)low->buffer;
	low->altnames.capacity = sizeof(low->buffer);
}

static void fill_enumerate(struct low *low)
{
	low->enumerate.entries = (unsigned long)low->buffer;
	low->enumerate.capacity = 64;
	low->enumerate.entry_size = sizeof(struct netdev_naming_entry);
}

static void fill_by_ifindex(struct low *low)
{
	low->by_ifindex.ifindex = 1;
}

static void fill_by_name(struct low *low)
{
	memcpy(low->by_name.name, NIC_ALTNAME, sizeof(NIC_ALTNAME));
}

static void fill_by_id(struct low *low)
{
	low->by_id.id = first_id;
}

static int descriptor_by_ifindex(const struct low *low)
{
	return low->by_ifindex.fd;
}

static int descriptor_by_name(const struct low *low)
{
	return low->by_name.fd;
}

static int descriptor_by_id(const struct low *low)
{
	return low->by_id.fd;
}

static void fill_lookup(struct low *low)
{
	memcpy(low->name, "register_netdev", sizeof("register_netdev"));
	low->lookup.name = (unsigned long)low->name;
	low->lookup.buffer = (unsigned long)low->buffer;
	low->lookup.buffer_size = sizeof(low->buffer);
}

static void fill_symbol_list(struct low *low)
{
	memcpy(low->name, "register_", sizeof("register_"));
	low->symbol_list.prefix = (unsigned long)low->name;
	low->symbol_list.buffer = (unsigned long)low->buffer;
	low->symbol_list.buffer_size = sizeof(low->buffer);
}

static void fill_array_list(struct low *low)
{
	low->array_list.records = (unsigned long)low->buffer;
	low->array_list.record_size = sizeof(struct flex_array_info);
	low->array_list.capacity = 64;
}

static void fill_array_info(struct low *low)
{
	low->array_info.id = first_id;
}

#define REQUEST(_what, _path, _number, member, ...)	\
	{ .what = (_what), .path = (_path), .number = (_number),	\
	  .size = sizeof(((struct low *)0)->member), ##__VA_ARGS__ }

/* What lists comes before what asks for one. */
static const struct request requests[] = {
	REQUEST("GET_INFO", NULL, NETDEV_NAMING_IOC_GET_INFO, info),
	REQUEST("GET_ALTNAMES", NULL, NETDEV_NAMING_IOC_GET_ALTNAMES, altnames,
		.fill = fill_altnames),
	REQUEST("ENUMERATE", CONTROL, NETDEV_NAMING_IOC_ENUMERATE, enumerate,
		.fill = fill_enumerate),
	REQUEST("OPEN_BY_IFINDEX", CONTROL, NETDEV_NAMING_IOC_OPEN_BY_IFINDEX, by_ifindex,
		.fill = fill_by_ifindex, .descriptor = descriptor_by_ifindex),
	REQUEST("OPEN_BY_NAME", CONTROL, NETDEV_NAMING_IOC_OPEN_BY_NAME, by_name,
		.fill = fill_by_name, .descriptor = descriptor_by_name),
	REQUEST("OPEN_BY_ID", CONTROL, NETDEV_NAMING_IOC_OPEN_BY_ID, by_id,
		.fill = fill_by_id, .descriptor = descriptor_by_id),
	REQUEST("symbol INFO", SYMBOLS, SYMBOL_INDEX_IOC_INFO, symbol_info),
	REQUEST("LOOKUP", SYMBOLS, SYMBOL_INDEX_IOC_LOOKUP, lookup, .fill = fill_lookup),
	REQUEST("symbol LIST", SYMBOLS, SYMBOL_INDEX_IOC_LIST, symbol_list,
		.fill = fill_symbol_list),
	REQUEST("SNAPSHOT", SYMBOLS, SYMBOL_INDEX_IOC_SNAPSHOT, snapshot),
	REQUEST("array LIST", ARRAYS, FLEX_ARRAY_IOC_LIST, array_list, .fill = fill_array_list),
	REQUEST("array INFO", ARRAYS, FLEX_ARRAY_IOC_INFO, array_info, .fill = fill_array_info),
};

/* A result, or a negative errno. */
static int call_64(int fd, unsigned long number, struct low *low)
{
	return ioctl(fd, number, low) < 0 ? -errno : 0;
}

static int call_32(unsigned int nr, int fd, unsigned long number, struct low *low)
{
#ifdef __x86_64__
	int result;

	asm volatile("int $0x80" : "=a"(result)
		     : "a"(nr), "b"(fd), "c"((unsigned int)number), "d"((unsigned long)low)
		     : "memory", "cc", "r8", "r9", "r10", "r11");
	return result;
#else
	return -EOPNOTSUPP;
#endif
}

/* Where the kernel has no such entry, whoever uses it is killed. */
static int emulated(void)
{
#ifdef __x86_64__
	pid_t child = fork();
	int status;

	if (!child) {
		signal(SIGSEGV, SIG_DFL);
		_exit(call_32(I386_GETPID, 0, 0, NULL) != getpid());
	}
	return waitpid(child, &status, 0) == child && WIFEXITED(status) && !WEXITSTATUS(status);
#else
	return 0;
#endif
}

static void prepare(const struct request *request, struct low *low)
{
	memset(low, 0, offsetof(struct low, buffer));
	memset(low->buffer, FILL, sizeof(low->buffer));
	low->size = request->size;
	if (request->fill)
		request->fill(low);
}

/* The answer is in @low; closes what it gives. */
static int answer(const struct request *request, int fd, struct low *low, int bits)
{
	int result;

	prepare(request, low);
	result = bits == 64 ? call_64(fd, request->number, low)
			    : call_32(I386_IOCTL, fd, request->number, low);
	/* The first descriptor that is free, the same one for both. */
	if (!result && request->descriptor && close(request->descriptor(low)))
		result = -EBADF;
	return result;
}

/* For the requests that follow. */
static void note_id(const struct request *request, const struct low *low)
{
	if (request->number == NETDEV_NAMING_IOC_ENUMERATE)
		first_id = ((const struct netdev_naming_entry *)low->buffer)->id;
	else if (request->number == FLEX_ARRAY_IOC_LIST)
		first_id = ((const struct flex_array_info *)low->buffer)->id;
}

FIXTURE(compat)
{
	struct low *low, *native;
	char node[64];
};

FIXTURE_SETUP(compat)
{
	if (!emulated())
		SKIP(return, "no 32-bit system calls: not x86-64, or IA32_EMULATION is off");
	ASSERT_EQ(0, system("modprobe netdev_naming && modprobe symbol_index"));
	nic_make(self->node, sizeof(self->node));
	ASSERT_NE('\0', self->node[0]);
	self->low = mmap(NULL, sizeof(*self->low), PROT_READ | PROT_WRITE,
			 MAP_PRIVATE | MAP_ANONYMOUS | MAP_32BIT, -1, 0);
	ASSERT_NE(MAP_FAILED, (void *)self->low);
	self->native = malloc(sizeof(*self->native));
	ASSERT_NE(NULL, self->native);
}

FIXTURE_TEARDOWN(compat)
{
	nic_remove();
}

/*
 * A descriptor of its own, as some ioctls change what the next one says. The NIC may still
 * have had an event between two calls, but not each time.
 */
TEST_F(compat, answers_are_the_same)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(requests); i++) {
		const struct request *request = &requests[i];
		int fd = open(request->path ?: self->node, O_RDONLY | O_CLOEXEC);
		int different = 1;

		ASSERT_LE(0, fd);
		TH_LOG("%s", request->what);
		for (int tries = 0; tries < 3 && different; tries++) {
			ASSERT_EQ(0, answer(request, fd, self->low, 64));
			*self->native = *self->low;
			ASSERT_EQ(0, answer(request, fd, self->low, 32));
			different = memcmp(self->native, self->low, sizeof(*self->low));
		}
		EXPECT_EQ(0, different);
		note_id(request, self->low);
		close(fd);
	}
}

TEST_F(compat, refusals_are_the_same)
{
	for (unsigned int i = 0; i < ARRAY_SIZE(requests); i++) {
		const struct request *request = &requests[i];
		int fd = open(request->path ?: self->node, O_RDONLY | O_CLOEXEC);

		ASSERT_LE(0, fd);
		TH_LOG("%s", request->what);
		prepare(request, self->low);
		self->low->size = 8;
		EXPECT_EQ(-EINVAL, call_64(fd, request->number, self->low));
		EXPECT_EQ(-EINVAL, call_32(I386_IOCTL, fd, request->number, self->low));
		EXPECT_EQ(-EFAULT, call_64(fd, request->number, NULL));
		EXPECT_EQ(-EFAULT, call_32(I386_IOCTL, fd, request->number, NULL));
		EXPECT_EQ(-ENOTTY, call_64(fd, request->number | 0x3f, self->low));
		EXPECT_EQ(-ENOTTY, call_32(I386_IOCTL, fd, request->number | 0x3f, self->low));
		close(fd);
	}
}

TEST_HARNESS_MAIN
