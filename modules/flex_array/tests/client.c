// SPDX-License-Identifier: GPL-2.0-only
/* The device through which tests reach flex_array. */
#include <linux/fs.h>
#include <linux/miscdevice.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "client.h"
#include "division.h"

static bool flex_array_test_reads(u32 op)
{
	return op == FLEX_ARRAY_TEST_PUT || op == FLEX_ARRAY_TEST_BSEARCH;
}

static int flex_array_test_create_call(struct flex_array_test_client *client,
				       struct flex_array_test_call *call)
{
	int ret = -EEXIST;

	down_write(&client->lock);
	if (!client->exists)
		ret = flex_array_test_create(client, call);
	up_write(&client->lock);
	return ret;
}

static int flex_array_test_free_call(struct flex_array_test_client *client)
{
	int ret = -ENXIO;

	down_write(&client->lock);
	if (client->exists) {
		flex_array_test_free(client);
		ret = 0;
	}
	up_write(&client->lock);
	return ret;
}

/* True if the call must have the array to itself. */
static bool flex_array_test_exclusive(struct flex_array_test_client *client,
				      const struct flex_array_test_call *call)
{
	switch (call->op) {
	case FLEX_ARRAY_TEST_FREE_PARTS:
	case FLEX_ARRAY_TEST_SHRINK:
	case FLEX_ARRAY_TEST_SORT:
		return true;
	case FLEX_ARRAY_TEST_RESIZE:
		return call->flags & FLEX_ARRAY_TEST_ATOMIC ||
		       !client->fa || call->total < READ_ONCE(client->fa->total_nr_elements);
	default:
		return false;
	}
}

static int flex_array_test_locked(struct flex_array_test_client *client,
				  struct flex_array_test_call *call, void *buffer)
{
	bool exclusive;
	int ret = -ENXIO;

	mutex_lock(&client->resize);
	exclusive = flex_array_test_exclusive(client, call);
	if (call->op != FLEX_ARRAY_TEST_RESIZE)
		mutex_unlock(&client->resize);
	if (exclusive)
		down_write(&client->lock);
	else
		down_read(&client->lock);
	if (client->exists)
		ret = flex_array_test_run(client, call, buffer);
	if (exclusive)
		up_write(&client->lock);
	else
		up_read(&client->lock);
	if (call->op == FLEX_ARRAY_TEST_RESIZE)
		mutex_unlock(&client->resize);
	return ret;
}

static int flex_array_test_buffered(struct flex_array_test_client *client,
				    struct flex_array_test_call *call)
{
	void __user *data = u64_to_user_ptr(call->data);
	void *buffer = NULL;
	u32 size = READ_ONCE(client->element_size);
	int ret = 0;

	if (data) {
		buffer = kvzalloc(max(size, 1U), GFP_KERNEL);
		if (!buffer)
			return -ENOMEM;
	}
	if (buffer && flex_array_test_reads(call->op) && copy_from_user(buffer, data, size))
		ret = -EFAULT;
	if (!ret)
		ret = flex_array_test_locked(client, call, buffer);
	if (!ret && buffer && call->op == FLEX_ARRAY_TEST_GET && call->value &&
	    copy_to_user(data, buffer, size))
		ret = -EFAULT;
	kvfree(buffer);
	return ret;
}

static int flex_array_test_flat(struct flex_array_test_call *call)
{
	void *flat = kmalloc(call->count, GFP_KERNEL | __GFP_NOWARN);

	call->result = flat ? 0 : -ENOMEM;
	kfree(flat);
	flat = kvmalloc(call->count, GFP_KERNEL | __GFP_NOWARN);
	call->value = !!flat;
	kvfree(flat);
	return 0;
}

static long flex_array_test_ioctl(struct file *file, unsigned int cmd, unsigned long user)
{
	struct flex_array_test_client *client = file->private_data;
	struct flex_array_test_call call;
	int ret;

	if (cmd != FLEX_ARRAY_TEST_CALL)
		return -ENOTTY;
	if (copy_from_user(&call, (void __user *)user, sizeof(call)))
		return -EFAULT;
	switch (call.op) {
	case FLEX_ARRAY_TEST_CREATE:
		ret = flex_array_test_create_call(client, &call);
		break;
	case FLEX_ARRAY_TEST_FREE:
		ret = flex_array_test_free_call(client);
		break;
	case FLEX_ARRAY_TEST_DIVISION:
		call.value = flex_array_test_division();
		ret = 0;
		break;
	case FLEX_ARRAY_TEST_FLAT:
		ret = flex_array_test_flat(&call);
		break;
	default:
		ret = flex_array_test_buffered(client, &call);
	}
	if (!ret && copy_to_user((void __user *)user, &call, sizeof(call)))
		ret = -EFAULT;
	return ret;
}

static int flex_array_test_open(struct inode *inode, struct file *file)
{
	struct flex_array_test_client *client = kzalloc(sizeof(*client), GFP_KERNEL);

	if (!client)
		return -ENOMEM;
	init_rwsem(&client->lock);
	mutex_init(&client->resize);
	spin_lock_init(&client->atomic);
	file->private_data = client;
	return 0;
}

static int flex_array_test_release(struct inode *inode, struct file *file)
{
	struct flex_array_test_client *client = file->private_data;

	if (client->exists)
		flex_array_test_free(client);
	kfree(client);
	return 0;
}

static const struct file_operations flex_array_test_fops = {
	.owner = THIS_MODULE,
	.open = flex_array_test_open,
	.release = flex_array_test_release,
	.unlocked_ioctl = flex_array_test_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice flex_array_test_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "flex_array_test",
	.fops = &flex_array_test_fops,
	.mode = 0600,
};

static int __init flex_array_test_init(void)
{
	int ret = flex_array_test_old_client();

	return ret ?: misc_register(&flex_array_test_misc);
}

static void __exit flex_array_test_exit(void)
{
	misc_deregister(&flex_array_test_misc);
}

module_init(flex_array_test_init);
module_exit(flex_array_test_exit);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Lets tests call flex_array");
