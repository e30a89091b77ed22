// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interface is what was published: sizes and offsets of every structure, and every value.
 * Held by the compiler, of 64-bit and of 32-bit programs (see Makefile): a change does not
 * build. Told as test points, too, so that it is seen that somebody looked.
 */
#include <stddef.h>

#include <linux/flex_array.h>
#include <linux/netdev_naming.h>
#include <linux/symbol_index.h>
#include <linux/symbol_index_format.h>

struct entry {
	const char *what;
	unsigned long long is, was;
};

/* An array of a negative size is an error, at the line of layout.h. */
#define HELD(text, now, published)	\
	{ .what = (text), .is = (now),	\
	  .was = (published) + 0 * sizeof(char[(now) == (published) ? 1 : -1]) }
/* Offset and size in one. */
#define PLACE(at, bytes)		((at) * 0x10000ULL + (bytes))

#define VALUE(name, value)		HELD("value of " #name, name, value)
#define STRUCT(name, bytes)		HELD("size of struct " #name, sizeof(struct name), bytes)
#define MEMBER(type, name, at, bytes)	\
	HELD("place of " #type "." #name,	\
	     PLACE(offsetof(struct type, name), sizeof(((struct type *)0)->name)), PLACE(at, bytes))

static const struct entry entries[] = {
#include "layout.h"
};

/* A 32-bit program is only compiled: its C library need not be there. */
#ifdef __LP64__
#include <stdio.h>
#endif

int main(void)
{
	int failed = 0;
#ifdef __LP64__
	const struct entry *entry, *end = (const void *)((const char *)entries + sizeof(entries));
	int nr = 0;

	printf("TAP version 13\n1..%d\n", (int)(end - entries));
	for (entry = entries; entry < end; entry++) {
		int same = entry->is == entry->was;

		failed |= !same;
		printf("%sok %d %s\n", same ? "" : "not ", ++nr, entry->what);
		if (!same)
			printf("# 0x%llx, published as 0x%llx\n", entry->is, entry->was);
	}
#endif
	return failed || !entries[0].what;
}
