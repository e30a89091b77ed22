// SPDX-License-Identifier: GPL-2.0-only
/*
 * A name that is longer than any that the kernel's build makes: listing goes past it, and what
 * follows is as it was.
 */
#include <elf.h>
#include <sys/stat.h>
#include "symidx_test.h"
#include "../lib/harness.h"

#define MODULE "symbol_index_long"
#define START MODULE "_"

/* The file of the module; NULL if it cannot be read. */
static unsigned char *file_read(size_t *size)
{
	const char *folder = getenv("WAYMARK_TEST_MODULES");
	unsigned char *data = NULL;
	struct stat st;
	char path[512];
	int fd;

	snprintf(path, sizeof(path), "%s/" MODULE ".ko",
		 folder ? folder : "/opt/waymark/test-modules");
	fd = open(path, O_RDONLY | O_CLOEXEC);
	if (fd < 0)
		return NULL;
	if (!fstat(fd, &st))
		data = malloc(st.st_size);
	if (data && read(fd, data, st.st_size) == st.st_size) {
		*size = st.st_size;
	} else {
		free(data);
		data = NULL;
	}
	close(fd);
	return data;
}

/* The names of its exports: a section that holds nothing else. */
static char *export_names(unsigned char *data, size_t *size)
{
	const Elf64_Ehdr *header = (void *)data;
	Elf64_Shdr *sections = (void *)(data + header->e_shoff);
	const char *names = (char *)data + sections[header->e_shstrndx].sh_offset;
	unsigned int i;

	for (i = 0; i < header->e_shnum; i++) {
		if (strcmp(names + sections[i].sh_name, "__ksymtab_strings"))
			continue;
		*size = sections[i].sh_size;
		return (char *)data + sections[i].sh_offset;
	}
	return NULL;
}

/*
 * Joins all names behind the first to that one. It starts as it did, so the order of the
 * table stays. How long it is now; 0 if there is none.
 */
static size_t join(char *names, size_t size)
{
	size_t end = size, i;

	while (end && !names[end - 1])
		end--;
	for (i = 0; i < end && !names[i]; i++)
		;
	size = end - i;
	for (; i < end; i++)
		if (!names[i])
			names[i] = '_';
	return size;
}

FIXTURE(long_name)
{
	int fd;
	size_t length;
};

FIXTURE_SETUP(long_name)
{
	unsigned char *data;
	size_t size, names_size;
	char *names;

	self->fd = device_open();
	ASSERT_LE(0, self->fd)
		TH_LOG("cannot open " DEVICE ": %s", strerror(errno));
	data = file_read(&size);
	ASSERT_NE(NULL, data);
	names = export_names(data, &names_size);
	ASSERT_NE(NULL, names);
	self->length = join(names, names_size);
	ASSERT_LT(SYMBOL_INDEX_NAME_MAX, self->length);
	ASSERT_EQ(0, syscall(SYS_init_module, data, size, ""))
		TH_LOG("%s", strerror(errno));
	free(data);
}

FIXTURE_TEARDOWN(long_name)
{
	EXPECT_EQ(0, rmmod(MODULE));
	close(self->fd);
}

TEST_F(long_name, listing_goes_past_it)
{
	struct symbols whole = {}, steps = {};
	size_t longest = 0, i;

	ASSERT_EQ(0, device_list(self->fd, NULL, NULL, 256 << 10, &whole));
	/* So small that answers end at each of these names, which then is the cursor. */
	ASSERT_EQ(0, device_list(self->fd, NULL, NULL, 2048, &steps));
	ASSERT_EQ(whole.count, steps.count);
	for (i = 0; i < whole.count; i++) {
		ASSERT_STREQ(whole.list[i].name, steps.list[i].name);
		if (strlen(whole.list[i].name) > longest)
			longest = strlen(whole.list[i].name);
	}
	EXPECT_EQ(self->length, longest);
	symbols_free(&whole);
	symbols_free(&steps);
}

/* Each as the cursor: the next one comes, whatever the length. */
TEST_F(long_name, is_a_cursor)
{
	RECORD_BUFFER(buffer, 4096);
	const struct symbol_index_record *record = (void *)buffer;
	struct symbol_index_list list;
	struct symbols all = {};
	size_t i;

	ASSERT_EQ(0, device_list(self->fd, NULL, MODULE, 64 << 10, &all));
	ASSERT_LT(1, all.count);
	for (i = 0; i < all.count; i++) {
		memset(&list, 0, sizeof(list));
		list.size = sizeof(list);
		list.owner = (uintptr_t)MODULE;
		list.after = (uintptr_t)all.list[i].name;
		list.buffer = (uintptr_t)buffer;
		list.buffer_size = sizeof(buffer);
		ASSERT_EQ(0, ioctl(self->fd, SYMBOL_INDEX_IOC_LIST, &list))
			TH_LOG("after %zu bytes: %s", strlen(all.list[i].name), strerror(errno));
		if (i + 1 < all.count) {
			ASSERT_LT(0, list.count);
			EXPECT_STREQ(all.list[i + 1].name, record_name(record));
		} else {
			EXPECT_EQ(0, list.count);
		}
	}
	symbols_free(&all);
}

/* It is above what LOOKUP takes, and says so; the prefix leads there. */
TEST_F(long_name, is_found_by_prefix_only)
{
	RECORD_BUFFER(buffer, 4096);
	struct symbols found = {};
	size_t i;

	ASSERT_EQ(0, device_list(self->fd, START, NULL, 64 << 10, &found));
	ASSERT_LT(1, found.count);
	for (i = 0; i < found.count; i++) {
		errno = 0;
		if (device_lookup(self->fd, found.list[i].name, buffer, sizeof(buffer)))
			EXPECT_EQ(ENAMETOOLONG, errno);
		EXPECT_EQ(strlen(found.list[i].name) >= SYMBOL_INDEX_NAME_MAX,
			  errno == ENAMETOOLONG);
	}
	symbols_free(&found);
}

TEST_HARNESS_MAIN
