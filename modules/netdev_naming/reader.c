// SPDX-License-Identifier: GPL-2.0-only
#include <linux/capability.h>
#include <linux/mm.h>
#include <linux/nsproxy.h>
#include <linux/poll.h>
#include <linux/sched.h>
#include <linux/uaccess.h>
#include <net/net_namespace.h>

#include "compat/slab.h"
#include "netdev_naming.h"

/* Records that one turn of read(2) takes from the queue. */
#define NN_READER_BATCH		(PAGE_SIZE / sizeof(struct netdev_naming_event))

LIST_HEAD(nn_control_readers);

/**
 * nn_reader_permitted() - may this process see the NICs of the initial namespace?
 *
 * The node may be visible in a container, where rtnetlink would show nothing of
 * these NICs. As with a netlink socket, it is the opener that counts.
 *
 * Return: 0 or -EPERM.
 */
int nn_reader_permitted(void)
{
	if (net_eq(current->nsproxy->net_ns, &init_net))
		return 0;
	return ns_capable(init_net.user_ns, CAP_NET_ADMIN) ? 0 : -EPERM;
}

/**
 * nn_reader_create() - start to collect events
 * @nic: the NIC, whose reference is taken over on success; NULL for all NICs
 *
 * Return: the reader, or an ERR_PTR().
 */
struct nn_reader *nn_reader_create(struct nn_nic *nic)
{
	struct nn_reader *reader;

	reader = compat_kzalloc_obj(*reader, GFP_KERNEL_ACCOUNT);
	if (!reader)
		return ERR_PTR(-ENOMEM);
	reader->nic = nic;
	mutex_init(&reader->lock);
	init_waitqueue_head(&reader->wait);
	nn_queue_init(&reader->queue);

	mutex_lock(&nn_lock);
	list_add_tail(&reader->link, nic ? &nic->readers : &nn_control_readers);
	mutex_unlock(&nn_lock);
	return reader;
}

/**
 * nn_reader_destroy() - undo nn_reader_create()
 * @reader: the reader; its reference to the NIC is dropped
 */
void nn_reader_destroy(struct nn_reader *reader)
{
	mutex_lock(&nn_lock);
	list_del(&reader->link);
	mutex_unlock(&nn_lock);

	nn_queue_clear(&reader->queue);
	kvfree(reader->snapshot.entries);
	nn_nic_put(reader->nic);
	kfree(reader);
}

int nn_reader_release(struct inode *inode, struct file *file)
{
	nn_reader_destroy(file->private_data);
	return 0;
}

static bool nn_reader_gone(const struct nn_reader *reader)
{
	return reader->nic && !READ_ONCE(reader->nic->netdev);
}

static bool nn_reader_ready(const struct nn_reader *reader)
{
	return READ_ONCE(reader->queue.count) || nn_reader_gone(reader);
}

__poll_t nn_reader_poll(struct file *file, struct poll_table_struct *wait)
{
	struct nn_reader *reader = file->private_data;
	__poll_t mask = 0;

	poll_wait(file, &reader->wait, wait);
	if (READ_ONCE(reader->queue.count))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (nn_reader_gone(reader))
		mask |= EPOLLHUP | EPOLLERR;
	return mask;
}

/*
 * Returns bytes stored. Records leave the queue once user space has them, and
 * nn_lock is not held meanwhile: those that overflow drops go by sequence number.
 */
static ssize_t nn_reader_fetch(struct nn_reader *reader, char __user *buf, size_t len,
			       struct netdev_naming_event *batch)
{
	size_t done = 0;

	while (len - done >= sizeof(*batch)) {
		unsigned int nr = min_t(size_t, (len - done) / sizeof(*batch), NN_READER_BATCH);

		mutex_lock(&nn_lock);
		nr = nn_queue_peek(&reader->queue, batch, nr);
		mutex_unlock(&nn_lock);
		if (!nr)
			break;
		if (copy_to_user(buf + done, batch, nr * sizeof(*batch)))
			return done ?: -EFAULT;

		mutex_lock(&nn_lock);
		nn_queue_pop(&reader->queue, batch[nr - 1].seq);
		mutex_unlock(&nn_lock);
		done += nr * sizeof(*batch);
	}
	return done;
}

ssize_t nn_reader_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct nn_reader *reader = file->private_data;
	struct netdev_naming_event *batch;
	ssize_t ret;

	if (len < sizeof(*batch))
		return -EINVAL;
	batch = kmalloc_array(NN_READER_BATCH, sizeof(*batch), GFP_KERNEL);
	if (!batch)
		return -ENOMEM;

	for (;;) {
		/* Before the look at the queue: the last event comes first. */
		bool gone = nn_reader_gone(reader);

		ret = mutex_lock_interruptible(&reader->lock);
		if (ret)
			break;
		ret = nn_reader_fetch(reader, buf, len, batch);
		mutex_unlock(&reader->lock);
		if (ret)
			break;
		ret = -ENODEV;
		if (gone)
			break;
		ret = -EAGAIN;
		if (file->f_flags & O_NONBLOCK)
			break;
		ret = wait_event_interruptible(reader->wait, nn_reader_ready(reader));
		if (ret)
			break;
	}
	kfree(batch);
	return ret;
}
