// SPDX-License-Identifier: GPL-2.0-only
/* The calls of flex_array, one by one. */
#include <linux/atomic.h>
#include <linux/errno.h>
#include <linux/gfp.h>
#include <linux/kernel.h>
#include <linux/sched.h>
#include <linux/string.h>

#include "client.h"

#define FLEX_ARRAY_TEST_STATIC_TOTAL	1000000
#define FLEX_ARRAY_TEST_SMALL_TOTAL	100

static DEFINE_FLEX_ARRAY(flex_array_test_static, sizeof(struct flex_array_test_24),
			 FLEX_ARRAY_TEST_STATIC_TOTAL);
static DEFINE_FLEX_ARRAY(flex_array_test_static_small, sizeof(struct flex_array_test_24),
			 FLEX_ARRAY_TEST_SMALL_TOTAL);
static DEFINE_FLEX_ARRAY_OF(struct flex_array_test_24, flex_array_test_static_typed,
			    FLEX_ARRAY_TEST_STATIC_TOTAL);

/* One user at a time for each array that there is only one of. */
static atomic_t flex_array_test_static_users[FLEX_ARRAY_TEST_NULL + 1];

gfp_t flex_array_test_gfp(const struct flex_array_test_call *call)
{
	gfp_t gfp = call->flags & FLEX_ARRAY_TEST_ATOMIC ? GFP_ATOMIC : GFP_KERNEL;

	if (call->flags & FLEX_ARRAY_TEST_ZERO)
		gfp |= __GFP_ZERO;
	if (call->flags & FLEX_ARRAY_TEST_ACCOUNT)
		gfp |= __GFP_ACCOUNT;
	return gfp | __GFP_NOWARN;
}

static int flex_array_test_init_typed(struct flex_array_test_client *client,
				      const struct flex_array_test_call *call)
{
	union flex_array_test_typed *typed = &client->typed;

	switch (call->element_size) {
	case 1:
		flex_array_init(&typed->of_1, call->total);
		break;
	case 8:
		flex_array_init(&typed->of_8, call->total);
		break;
	case 24:
		flex_array_init(&typed->of_24, call->total);
		break;
	case 64:
		flex_array_init(&typed->of_64, call->total);
		break;
	case 1000:
		flex_array_init(&typed->of_1000, call->total);
		break;
	case 4096:
		flex_array_init(&typed->of_4096, call->total);
		break;
	default:
		return -EINVAL;
	}
	client->fa = &typed->array;
	return 0;
}

int flex_array_test_create(struct flex_array_test_client *client,
			   struct flex_array_test_call *call)
{
	int ret = 0;

	if (call->kind > FLEX_ARRAY_TEST_NULL)
		return -EINVAL;
	client->kind = call->kind;
	if (call->kind != FLEX_ARRAY_TEST_OLD && call->kind != FLEX_ARRAY_TEST_TYPED &&
	    call->kind != FLEX_ARRAY_TEST_NULL &&
	    atomic_xchg(&flex_array_test_static_users[call->kind], 1))
		return -EBUSY;
	switch (call->kind) {
	case FLEX_ARRAY_TEST_OLD:
		client->fa = flex_array_alloc(call->element_size, call->total,
					      flex_array_test_gfp(call));
		call->result = client->fa ? 0 : -ENOMEM;
		if (!client->fa)
			return 0;
		break;
	case FLEX_ARRAY_TEST_TYPED:
		ret = flex_array_test_init_typed(client, call);
		break;
	case FLEX_ARRAY_TEST_STATIC:
		client->fa = &flex_array_test_static;
		break;
	case FLEX_ARRAY_TEST_STATIC_SMALL:
		client->fa = &flex_array_test_static_small;
		break;
	case FLEX_ARRAY_TEST_STATIC_TYPED:
		client->fa = &flex_array_test_static_typed.array;
		break;
	default:
		client->fa = NULL;
	}
	if (ret)
		return ret;
	/* Read without the lock, to size a buffer. */
	WRITE_ONCE(client->element_size,
		   client->fa ? client->fa->element_size : call->element_size);
	client->exists = true;
	return 0;
}

/* Also leaves a static array as it was defined. */
void flex_array_test_free(struct flex_array_test_client *client)
{
	struct flex_array *fa = client->fa;
	void *element;
	u32 nr;

	client->exists = false;
	WRITE_ONCE(client->element_size, 0);
	client->address = NULL;
	if (client->kind == FLEX_ARRAY_TEST_OLD || client->kind == FLEX_ARRAY_TEST_NULL) {
		flex_array_free(fa);
		return;
	}
	flex_array_free_parts(fa);
	if (client->kind == FLEX_ARRAY_TEST_TYPED)
		return;
	flex_array_resize(fa, client->kind == FLEX_ARRAY_TEST_STATIC_SMALL ?
			      FLEX_ARRAY_TEST_SMALL_TOTAL : FLEX_ARRAY_TEST_STATIC_TOTAL,
			  GFP_KERNEL);
	flex_array_for_each(fa, nr, element)
		flex_array_clear(fa, nr);
	atomic_set(&flex_array_test_static_users[client->kind], 0);
}

/* flex_array_ptr() of the type that there is, flex_array_get() otherwise. */
static void *flex_array_test_get(struct flex_array_test_client *client, u32 nr)
{
	union flex_array_test_typed *typed = &client->typed;

	if (client->kind == FLEX_ARRAY_TEST_STATIC_TYPED)
		return flex_array_ptr(&flex_array_test_static_typed, nr);
	if (client->kind != FLEX_ARRAY_TEST_TYPED)
		return flex_array_get(client->fa, nr);
	switch (client->fa->element_size) {
	case 1:
		return flex_array_ptr(&typed->of_1, nr);
	case 8:
		return flex_array_ptr(&typed->of_8, nr);
	case 24:
		return flex_array_ptr(&typed->of_24, nr);
	case 64:
		return flex_array_ptr(&typed->of_64, nr);
	case 1000:
		return flex_array_ptr(&typed->of_1000, nr);
	default:
		return flex_array_ptr(&typed->of_4096, nr);
	}
}

/* The typed way to store where there is one: flex_array_ptr_alloc() or flex_array_set(). */
static int flex_array_test_put(struct flex_array_test_client *client, u32 nr, void *src,
			       gfp_t gfp)
{
	union flex_array_test_typed *typed = &client->typed;
	struct flex_array_test_1000 *of_1000;

	if (client->kind == FLEX_ARRAY_TEST_TYPED && src) {
		switch (client->fa->element_size) {
		case 1:
			return flex_array_set(&typed->of_1, nr, *(u8 *)src, gfp);
		case 8:
			return flex_array_set(&typed->of_8, nr, *(u64 *)src, gfp);
		case 24:
			return flex_array_set(&typed->of_24, nr,
					      *(struct flex_array_test_24 *)src, gfp);
		case 1000:
			if (nr >= READ_ONCE(client->fa->total_nr_elements))
				return -ENOSPC;
			of_1000 = flex_array_ptr_alloc(&typed->of_1000, nr, gfp);
			if (!of_1000)
				return -ENOMEM;
			memcpy(of_1000, src, sizeof(*of_1000));
			return 0;
		}
	}
	return flex_array_put(client->fa, nr, src, gfp);
}

static void flex_array_test_get_call(struct flex_array_test_client *client,
				     struct flex_array_test_call *call, void *buffer)
{
	const void *element = flex_array_test_get(client, call->nr);

	call->value = !!element;
	if (element && buffer)
		memcpy(buffer, element, client->element_size);
}

static u64 flex_array_test_count(struct flex_array_test_client *client)
{
	u64 count = 0;
	void *element;
	u32 nr;

	flex_array_for_each(client->fa, nr, element) {
		count++;
		if (!(count & 0xffff))
			cond_resched();
	}
	return count;
}

/* cmp functions get no context: sorts run one at a time. */
static DEFINE_MUTEX(flex_array_test_cmp_lock);
static size_t flex_array_test_cmp_size;

static int flex_array_test_cmp(const void *a, const void *b)
{
	return memcmp(a, b, flex_array_test_cmp_size);
}

static void flex_array_test_order(struct flex_array_test_client *client,
				  struct flex_array_test_call *call, void *buffer)
{
	mutex_lock(&flex_array_test_cmp_lock);
	flex_array_test_cmp_size = client->element_size;
	if (call->op == FLEX_ARRAY_TEST_SORT)
		call->result = flex_array_sort(client->fa, call->count, flex_array_test_cmp);
	else
		call->value = !!flex_array_bsearch(client->fa, call->count, buffer,
						   flex_array_test_cmp);
	mutex_unlock(&flex_array_test_cmp_lock);
}

static int flex_array_test_change(struct flex_array_test_client *client,
				  struct flex_array_test_call *call, void *buffer)
{
	struct flex_array *fa = client->fa;
	gfp_t gfp = flex_array_test_gfp(call);
	void *pointer = (void *)(unsigned long)call->value;

	switch (call->op) {
	case FLEX_ARRAY_TEST_PUT:
		return flex_array_test_put(client, call->nr, buffer, gfp);
	case FLEX_ARRAY_TEST_PUT_NULL:
		return flex_array_put(fa, call->nr, NULL, gfp);
	case FLEX_ARRAY_TEST_PUT_PTR:
		return flex_array_put_ptr(fa, call->nr, pointer, gfp);
	case FLEX_ARRAY_TEST_CLEAR:
		return flex_array_clear(fa, call->nr);
	case FLEX_ARRAY_TEST_PREALLOC:
		return flex_array_prealloc(fa, call->nr, call->count, gfp);
	default:
		return flex_array_resize(fa, call->total, gfp);
	}
}

static void flex_array_test_moved(struct flex_array_test_client *client,
				  struct flex_array_test_call *call)
{
	const void *element = flex_array_test_get(client, call->nr);

	call->value = client->address && element != client->address;
	client->address = element;
}

int flex_array_test_run(struct flex_array_test_client *client,
			struct flex_array_test_call *call, void *buffer)
{
	bool atomic = call->flags & FLEX_ARRAY_TEST_ATOMIC;

	call->result = 0;
	switch (call->op) {
	case FLEX_ARRAY_TEST_FREE_PARTS:
		flex_array_free_parts(client->fa);
		return 0;
	case FLEX_ARRAY_TEST_SHRINK:
		call->result = flex_array_shrink(client->fa);
		return 0;
	case FLEX_ARRAY_TEST_GET:
		flex_array_test_get_call(client, call, buffer);
		return 0;
	case FLEX_ARRAY_TEST_GET_PTR:
		call->value = (unsigned long)flex_array_get_ptr(client->fa, call->nr);
		return 0;
	case FLEX_ARRAY_TEST_NEXT:
		call->value = !!flex_array_next(client->fa, &call->nr);
		return 0;
	case FLEX_ARRAY_TEST_COUNT:
		call->value = flex_array_test_count(client);
		return 0;
	case FLEX_ARRAY_TEST_SORT:
	case FLEX_ARRAY_TEST_BSEARCH:
		flex_array_test_order(client, call, buffer);
		return 0;
	case FLEX_ARRAY_TEST_INFO:
		call->value = client->fa ? READ_ONCE(client->fa->id) : 0;
		return 0;
	case FLEX_ARRAY_TEST_ADDRESS_MOVED:
		flex_array_test_moved(client, call);
		return 0;
	case FLEX_ARRAY_TEST_PUT:
	case FLEX_ARRAY_TEST_PUT_NULL:
	case FLEX_ARRAY_TEST_PUT_PTR:
	case FLEX_ARRAY_TEST_CLEAR:
	case FLEX_ARRAY_TEST_PREALLOC:
	case FLEX_ARRAY_TEST_RESIZE:
		if (!atomic) {
			call->result = flex_array_test_change(client, call, buffer);
			return 0;
		}
		spin_lock(&client->atomic);
		call->result = flex_array_test_change(client, call, buffer);
		spin_unlock(&client->atomic);
		return 0;
	default:
		return -EINVAL;
	}
}
