// SPDX-License-Identifier: GPL-2.0-only
/*
 * A client as they were written for Linux 2.6.32 to 5.1: what a policy
 * database, a table of hash heads and a scratch buffer did with the calls.
 * Nothing here may need anything newer than that interface.
 */
#include <linux/flex_array.h>
#include <linux/slab.h>
#include <linux/kernel.h>
#include <linux/errno.h>

int flex_array_test_old_client(void);

static DEFINE_FLEX_ARRAY(old_static_array, sizeof(int), 20000);

struct old_stream {
	unsigned short ssn;
	unsigned int state;
};

/* Streams were copied from array to array like this. */
static void fa_copy(struct flex_array *to, struct flex_array *from, size_t index, size_t count)
{
	void *elem;

	while (count--) {
		elem = flex_array_get(from, index);
		if (flex_array_put(to, index, elem, 0))
			pr_warn("flex_array_test: element %zu is lost\n", index);
		index++;
	}
}

static void fa_free(struct flex_array *fa)
{
	if (fa)
		flex_array_free(fa);
}

static struct flex_array *fa_alloc(size_t elem_size, size_t elem_count, gfp_t gfp)
{
	struct flex_array *result;
	int err;

	result = flex_array_alloc(elem_size, elem_count, gfp);
	if (result) {
		err = flex_array_prealloc(result, 0, elem_count, gfp);
		if (err) {
			flex_array_free(result);
			result = NULL;
		}
	}
	return result;
}

static int old_streams(void)
{
	struct flex_array *a = fa_alloc(sizeof(struct old_stream), 65535, GFP_KERNEL | __GFP_ZERO);
	struct flex_array *b = fa_alloc(sizeof(struct old_stream), 65535, GFP_KERNEL | __GFP_ZERO);
	struct old_stream *stream, in = { .ssn = 7, .state = 3 };
	int ret = -ENOMEM;

	if (!a || !b)
		goto out;
	ret = flex_array_put(a, 65534, &in, GFP_ATOMIC);
	if (ret)
		goto out;
	fa_copy(b, a, 0, 65535);
	stream = flex_array_get(b, 65534);
	ret = stream && stream->ssn == 7 && stream->state == 3 ? 0 : -EIO;
out:
	fa_free(a);
	fa_free(b);
	return ret;
}

static int old_names(void)
{
	static char *name = "a name";
	struct flex_array *names;
	int ret = -ENOMEM;

	names = flex_array_alloc(sizeof(char *), 3000, GFP_KERNEL | __GFP_ZERO);
	if (!names)
		return -ENOMEM;
	if (flex_array_prealloc(names, 0, 3000, GFP_KERNEL | __GFP_ZERO))
		goto out;
	ret = -EIO;
	if (flex_array_put_ptr(names, 2999, name, GFP_KERNEL | __GFP_ZERO))
		goto out;
	if (flex_array_get_ptr(names, 2999) != name || flex_array_get_ptr(names, 0))
		goto out;
	if (flex_array_clear(names, 2999) || flex_array_shrink(names) < 0)
		goto out;
	ret = 0;
out:
	flex_array_free(names);
	return ret;
}

static int old_static(void)
{
	int i = 4711, *found, ret;

	ret = flex_array_put(&old_static_array, 19999, &i, GFP_KERNEL);
	if (ret)
		return ret;
	found = flex_array_get(&old_static_array, 19999);
	ret = found && *found == i ? 0 : -EIO;
	flex_array_free_parts(&old_static_array);
	return ret;
}

int flex_array_test_old_client(void)
{
	return old_streams() ?: old_names() ?: old_static();
}
