/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef WAYMARK_FLEX_ARRAY_TEST_CLIENT_H
#define WAYMARK_FLEX_ARRAY_TEST_CLIENT_H

#include <linux/flex_array.h>
#include <linux/mutex.h>
#include <linux/rwsem.h>

#include <uapi/tests/flex_array_test.h>

struct flex_array_test_24 {
	u64 word[3];
};

struct flex_array_test_64 {
	u64 word[8];
};

struct flex_array_test_1000 {
	u64 word[125];
};

struct flex_array_test_4096 {
	u64 word[512];
};

/* An array of each type that the typed calls are tried with; array comes first in all. */
union flex_array_test_typed {
	struct flex_array array;

	FLEX_ARRAY(u8)
		of_1;
	FLEX_ARRAY(u64)
		of_8;
	FLEX_ARRAY(struct flex_array_test_24)
		of_24;
	FLEX_ARRAY(struct flex_array_test_64)
		of_64;
	FLEX_ARRAY(struct flex_array_test_1000)
		of_1000;
	FLEX_ARRAY(struct flex_array_test_4096)
		of_4096;
};

/* What one descriptor has. */
struct flex_array_test_client {
	struct rw_semaphore lock;	/* for writing: nobody else may use the array */
	struct mutex resize;		/* one resize at a time */
	spinlock_t atomic;		/* what a call in atomic context is made under */
	bool exists;
	u32 kind;
	struct flex_array *fa;
	union flex_array_test_typed typed;
	const void *address;		/* where ADDRESS_MOVED last saw an element */
	u32 element_size;
};

gfp_t flex_array_test_gfp(const struct flex_array_test_call *call);
int flex_array_test_create(struct flex_array_test_client *client,
			   struct flex_array_test_call *call);
void flex_array_test_free(struct flex_array_test_client *client);
int flex_array_test_run(struct flex_array_test_client *client,
			struct flex_array_test_call *call, void *buffer);

/* old_client.c: code as it was written for Linux 2.6.32 to 5.1 */
int flex_array_test_old_client(void);

#endif
