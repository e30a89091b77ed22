/* SPDX-License-Identifier: GPL-2.0-only */
/* What the tests of symbol_index share: the module, the device, its records. */
#ifndef SYMIDX_TEST_H
#define SYMIDX_TEST_H

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>
#include <linux/symbol_index.h>

#include "../lib/files.h"

#define DEVICE "/dev/symbol_index"

#ifndef ARRAY_SIZE
#define ARRAY_SIZE(array) (sizeof(array) / sizeof((array)[0]))
#endif

/* Room for a record, aligned as records are. */
#define RECORD_BUFFER(name, size) __u64 name[(size) / sizeof(__u64)]

/* Runs a command with its output thrown away; its exit status, -1 if none. */
static inline int run(const char *const argv[])
{
	int status, null;
	pid_t pid;

	fflush(NULL);
	pid = fork();
	if (pid < 0)
		return -1;
	if (!pid) {
		null = open("/dev/null", O_RDWR);
		dup2(null, 0);
		dup2(null, 1);
		dup2(null, 2);
		execvp(argv[0], (char *const *)argv);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || !WIFEXITED(status))
		return -1;
	return WEXITSTATUS(status);
}

static inline int modprobe(const char *module)
{
	const char *const argv[] = { "modprobe", module, NULL };

	return run(argv);
}

/* 0 only if it was not there before: what was loaded already is no load. */
static inline int modprobe_load(const char *module)
{
	const char *const argv[] = { "modprobe", "--first-time", module, NULL };

	return run(argv);
}

static inline int modprobe_remove(const char *module)
{
	const char *const argv[] = { "modprobe", "-r", module, NULL };

	return run(argv);
}

/* By the name of the module or of its file; the errno if it stays. */
static inline int rmmod(const char *module)
{
	char name[64], *dash;

	snprintf(name, sizeof(name), "%s", module);
	while ((dash = strchr(name, '-')))
		*dash = '_';
	return syscall(SYS_delete_module, name, O_NONBLOCK) ? errno : 0;
}

/* The number in the environment, if it is there. */
static inline unsigned int setting(const char *name, unsigned int otherwise)
{
	const char *value = getenv(name);

	return value && *value ? strtoul(value, NULL, 0) : otherwise;
}

/* Loads a module that only tests use, with @parameters; what the kernel says: 0 or an errno. */
static inline int load_test_module_with(const char *name, const char *parameters)
{
	const char *folder = getenv("WAYMARK_TEST_MODULES");
	char path[512];
	int fd, err;

	snprintf(path, sizeof(path), "%s/%s.ko", folder ? folder : "/opt/waymark/test-modules",
		 name);
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return errno;
	err = syscall(SYS_finit_module, fd, parameters, 0) ? errno : 0;
	close(fd);
	return err;
}

static inline int load_test_module(const char *name)
{
	return load_test_module_with(name, "");
}

/* Loads the module if need be and opens the device; -1 and errno on failure. */
static inline int device_open(void)
{
	if (access(DEVICE, F_OK))
		modprobe("symbol_index");
	return open(DEVICE, O_RDONLY | O_CLOEXEC);
}

static inline int device_info(int fd, struct symbol_index_info *info)
{
	memset(info, 0, sizeof(*info));
	info->size = sizeof(*info);
	return ioctl(fd, SYMBOL_INDEX_IOC_INFO, info);
}

/* Looks @name up; the record goes to @buffer. */
static inline int device_lookup(int fd, const char *name, void *buffer, __u32 size)
{
	struct symbol_index_lookup lookup = {
		.size = sizeof(lookup),
		.name = (uintptr_t)name,
		.buffer = (uintptr_t)buffer,
		.buffer_size = size,
	};

	return ioctl(fd, SYMBOL_INDEX_IOC_LOOKUP, &lookup);
}

static inline const char *record_name(const struct symbol_index_record *record)
{
	return (const char *)record + record->name_offset;
}

static inline const char *record_owner(const struct symbol_index_record *record)
{
	return (const char *)record + record->owner_offset;
}

static inline const char *record_namespace(const struct symbol_index_record *record)
{
	return (const char *)record + record->namespace_offset;
}

/* A symbol, wherever it was read from. */
struct symbol {
	char *name;
	char *owner;
	char *name_space;	/* or NULL: not asked for */
	__u64 address;
	__u32 crc;
	__u32 flags;
};

struct symbols {
	struct symbol *list;
	size_t count;
	size_t room;
};

static inline struct symbol *symbols_add(struct symbols *symbols, const char *name,
					 const char *owner, __u64 address, __u32 crc, __u32 flags)
{
	struct symbol *symbol;

	if (symbols->count == symbols->room) {
		symbols->room = symbols->room ? 2 * symbols->room : 1024;
		symbols->list = realloc(symbols->list, symbols->room * sizeof(*symbols->list));
		if (!symbols->list)
			abort();
	}
	symbol = &symbols->list[symbols->count++];
	symbol->name = strdup(name);
	symbol->owner = strdup(owner);
	symbol->name_space = NULL;
	symbol->address = address;
	symbol->crc = crc;
	symbol->flags = flags;
	return symbol;
}

static inline void symbol_free(struct symbol *symbol)
{
	free(symbol->name);
	free(symbol->owner);
	free(symbol->name_space);
}

static inline void symbols_free(struct symbols *symbols)
{
	size_t i;

	for (i = 0; i < symbols->count; i++)
		symbol_free(&symbols->list[i]);
	free(symbols->list);
	memset(symbols, 0, sizeof(*symbols));
}

static inline int symbol_compare(const void *a, const void *b)
{
	const struct symbol *x = a, *y = b;
	int cmp = strcmp(x->name, y->name);

	if (!cmp)
		cmp = strcmp(x->owner, y->owner);
	if (!cmp && x->address != y->address)
		cmp = x->address < y->address ? -1 : 1;
	return cmp;
}

static inline void symbols_sort(struct symbols *symbols)
{
	qsort(symbols->list, symbols->count, sizeof(*symbols->list), symbol_compare);
}

/*
 * Lists what the index holds, in calls with a buffer of @size bytes. 0, or -1
 * and errno. Listing starts over if the index changes in between, so that the
 * result is the index at one time.
 */
static inline int device_list(int fd, const char *prefix, const char *owner, __u32 size,
			      struct symbols *symbols)
{
	struct symbol_index_list list;
	__u64 generation;
	char after[SYMBOL_INDEX_CURSOR_MAX];
	char *buffer = malloc(size);
	bool more;

restart:
	symbols_free(symbols);
	after[0] = 0;
	generation = 0;
	do {
		const struct symbol_index_record *record;
		__u32 i;

		memset(&list, 0, sizeof(list));
		list.size = sizeof(list);
		list.prefix = (uintptr_t)prefix;
		list.owner = (uintptr_t)owner;
		list.after = after[0] ? (uintptr_t)after : 0;
		list.buffer = (uintptr_t)buffer;
		list.buffer_size = size;
		if (ioctl(fd, SYMBOL_INDEX_IOC_LIST, &list)) {
			free(buffer);
			return -1;
		}
		if (generation && generation != list.generation)
			goto restart;
		generation = list.generation;
		more = list.status & SYMBOL_INDEX_LIST_MORE;
		record = (void *)buffer;
		for (i = 0; i < list.count; i++) {
			symbols_add(symbols, record_name(record), record_owner(record),
				    record->address, record->crc, record->flags)->name_space =
				strdup(record_namespace(record));
			snprintf(after, sizeof(after), "%s", record_name(record));
			record = (const void *)((const char *)record + record->record_size);
		}
	} while (more);
	free(buffer);
	return 0;
}

#endif /* SYMIDX_TEST_H */
