// SPDX-License-Identifier: GPL-2.0-only
/*
 * What adopt.sh does with index files and with the index that came of them, each in one
 * process:
 *
 *	index_file contents OUTPUT	write all of the index there; print its origin
 *	index_file flip FILE OFFSET	change the lowest bit of that byte
 *	index_file lie FILE		change a flag of a symbol of the kernel proper
 *	index_file seal FILE		make the checksum right
 */
#include <err.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <linux/symbol_index_format.h>
#include "symidx_test.h"

#define BUFFER (256 << 10)

/* Modules come to other addresses with each load; the kernel stays. */
static void print_record(FILE *out, const struct symbol_index_record *record)
{
	bool module = record->flags & SYMBOL_INDEX_RECORD_MODULE;

	fprintf(out, "%s %s '%s' %x %x %llx\n", record_name(record), record_owner(record),
		record_namespace(record), record->flags, record->crc,
		module ? 0ULL : (unsigned long long)record->address);
}

/* Writes the index as it is at one time; false if it changed meanwhile. */
static bool print_all(int fd, FILE *out)
{
	struct symbol_index_list list = {};
	char after[SYMBOL_INDEX_CURSOR_MAX] = "";
	static __u64 buffer[BUFFER / 8];
	__u64 generation = 0;

	do {
		const struct symbol_index_record *record = (void *)buffer;
		__u32 i;

		memset(&list, 0, sizeof(list));
		list.size = sizeof(list);
		list.after = after[0] ? (uintptr_t)after : 0;
		list.buffer = (uintptr_t)buffer;
		list.buffer_size = sizeof(buffer);
		if (ioctl(fd, SYMBOL_INDEX_IOC_LIST, &list))
			err(1, DEVICE);
		if (generation && generation != list.generation)
			return false;
		generation = list.generation;
		for (i = 0; i < list.count; i++) {
			print_record(out, record);
			snprintf(after, sizeof(after), "%s", record_name(record));
			record = (const void *)((const char *)record + record->record_size);
		}
	} while (list.status & SYMBOL_INDEX_LIST_MORE);
	return true;
}

static int contents(const char *path)
{
	int fd = open(DEVICE, O_RDONLY | O_CLOEXEC);
	struct symbol_index_info info;
	bool whole;
	FILE *out;

	if (fd < 0 || device_info(fd, &info))
		err(1, DEVICE);
	do {
		out = fopen(path, "we");
		if (!out)
			err(1, "%s", path);
		whole = print_all(fd, out);
		if (fclose(out))
			err(1, "%s", path);
	} while (!whole);
	puts(info.origin == SYMBOL_INDEX_ORIGIN_SORTED ? "sorted" : "adopted");
	return 0;
}

static unsigned char *map_file(const char *path, size_t *size)
{
	int fd = open(path, O_RDWR | O_CLOEXEC);
	struct stat st;
	void *data;

	if (fd < 0 || fstat(fd, &st))
		err(1, "%s", path);
	data = mmap(NULL, st.st_size, PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
	if (data == MAP_FAILED)
		err(1, "%s", path);
	close(fd);
	*size = st.st_size;
	return data;
}

static int flip(unsigned char *data, size_t size, size_t offset)
{
	if (offset >= size)
		errx(1, "no byte %zu", offset);
	data[offset] ^= 1;
	return 0;
}

/* The first symbol of the kernel proper, which is owner 0, says of itself what it is not. */
static int lie(unsigned char *data)
{
	const struct symbol_index_format_header *header = (void *)data;
	const struct symbol_index_format_section *section =
		&header->section[SYMBOL_INDEX_FORMAT_SYMBOLS];
	struct symbol_index_format_symbol *symbol = (void *)(data + section->offset);
	__u32 i;

	for (i = 0; i < section->count; i++, symbol++) {
		if (symbol->owner)
			continue;
		symbol->flags ^= SYMBOL_INDEX_FORMAT_SYMBOL_GPL;
		return 0;
	}
	errx(1, "the kernel exports nothing");
}

/* By the CRC-32 that <linux/symbol_index_format.h> names. */
static int seal(unsigned char *data, size_t size)
{
	struct symbol_index_format_header *header = (void *)data;
	__u32 crc = ~0U, table[256];
	size_t i;
	int bit;

	for (i = 0; i < 256; i++) {
		table[i] = i;
		for (bit = 0; bit < 8; bit++)
			table[i] = table[i] >> 1 ^ (table[i] & 1 ? 0xedb88320 : 0);
	}
	for (i = offsetof(struct symbol_index_format_header, version); i < size; i++)
		crc = crc >> 8 ^ table[(crc ^ data[i]) & 0xff];
	header->checksum = ~crc;
	return 0;
}

int main(int argc, char **argv)
{
	const char *what = argc > 2 ? argv[1] : "";
	unsigned char *data;
	size_t size;

	if (argc == 3 && !strcmp(what, "contents"))
		return contents(argv[2]);
	if (argc == 4 && !strcmp(what, "flip")) {
		data = map_file(argv[2], &size);
		return flip(data, size, strtoul(argv[3], NULL, 0));
	}
	if (argc == 3 && !strcmp(what, "lie")) {
		data = map_file(argv[2], &size);
		return lie(data);
	}
	if (argc == 3 && !strcmp(what, "seal")) {
		data = map_file(argv[2], &size);
		return seal(data, size);
	}
	errx(2, "usage: index_file contents OUTPUT | flip FILE OFFSET | lie FILE | seal FILE");
}
