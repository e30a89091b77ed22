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

/* Bytes of a record: as first published, and what a reader may ask for. */
#define NN_EVENT_SIZE_MIN	200
#define NN_EVENT_SIZE_MAX	4096

/**
 * nn_reader_permitted() - may this process see the NICs of the initial namespace?
 *
 * The node may be visible in a container, where rtnetlink would show nothing of
 * these NICs. As with a netlink socket, it is the opener that counts. To be
 * refused here is no breach of security that an audit log should have.
 *
 * Context: any process.
 * Return: 0 or -EPERM.
 */
int nn_reader_permitted(void)
{
	if (net_eq(current->nsproxy->net_ns, &init_net))
		return 0;
	return ns_capable_noaudit(init_net.user_ns, CAP_NET_ADMIN) ? 0 : -EPERM;
}

/**
 * nn_reader_create() - start to read events
 * @nic: the NIC, whose reference is taken over on success; NULL for all NICs
 *
 * Context: may sleep.
 * Return: the reader, or an ERR_PTR().
 */
struct nn_reader *nn_reader_create(struct nn_nic *nic)
{
	struct nn_reader *reader;

	reader = compat_kzalloc_obj(*reader, GFP_KERNEL_ACCOUNT);
	if (!reader)
		return ERR_PTR(-ENOMEM);
	mutex_init(&reader->lock);
	reader->event_size = NN_EVENT_SIZE_MIN;
	reader->nic = nic;
	raw_spin_lock(&nn_lock);
	atomic64_set(&reader->cursor, nn_log_last() + 1);
	if (nic)
		reader->generation = nic->generation;
	raw_spin_unlock(&nn_lock);
	return reader;
}

/**
 * nn_reader_destroy() - undo nn_reader_create()
 * @reader: the reader; its reference to the NIC is dropped
 *
 * Context: may sleep.
 */
void nn_reader_destroy(struct nn_reader *reader)
{
	kvfree(reader->snapshot.entries);
	nn_nic_put(reader->nic);
	kfree(reader);
}

int nn_reader_release(struct inode *inode, struct file *file)
{
	nn_reader_destroy(file->private_data);
	return 0;
}

/**
 * nn_reader_lock() - be the only one who reads by a descriptor
 * @reader: the reader
 * @file: its descriptor
 *
 * Whoever has the lock may wait for user memory, which may be never filled.
 *
 * Context: may sleep.
 * Return: 0; -EAGAIN with O_NONBLOCK, if another process is reading; -EINTR.
 */
int nn_reader_lock(struct nn_reader *reader, const struct file *file)
{
	if (file->f_flags & O_NONBLOCK)
		return mutex_trylock(&reader->lock) ? 0 : -EAGAIN;
	return mutex_lock_interruptible(&reader->lock);
}

static bool nn_reader_gone(const struct nn_reader *reader)
{
	/* Pairs with smp_store_release() in nn_netdev_left(): its last event is in the log. */
	return reader->nic && !smp_load_acquire(&reader->nic->netdev);
}

static bool nn_reader_pending(struct nn_reader *reader)
{
	u64 last = reader->nic ? atomic64_read(&reader->nic->last_seq) : nn_log_last();

	return (u64)atomic64_read(&reader->cursor) <= last;
}

static wait_queue_head_t *nn_reader_wait(const struct nn_reader *reader)
{
	return reader->nic ? &reader->nic->wait : nn_log_wait();
}

__poll_t nn_reader_poll(struct file *file, struct poll_table_struct *wait)
{
	struct nn_reader *reader = file->private_data;
	__poll_t mask = 0;

	poll_wait(file, nn_reader_wait(reader), wait);
	if (nn_reader_pending(reader))
		mask |= EPOLLIN | EPOLLRDNORM;
	if (nn_reader_gone(reader))
		mask |= EPOLLHUP | EPOLLERR;
	return mask;
}

/* The next event of all NICs; what is missing before it was overwritten. */
static bool nn_reader_next_of_all(struct nn_reader *reader, struct nn_record *record)
{
	u64 cursor = atomic64_read(&reader->cursor), seq = cursor;

	while (seq <= nn_log_last()) {
		if (nn_log_copy(seq, record)) {
			if (seq != cursor)
				record->event.flags = NETDEV_NAMING_EVENT_F_OVERFLOW;
			return true;
		}
		seq = max(seq + 1, nn_log_oldest());
	}
	return false;
}

/* The newest event of a NIC, if that still is @seq. */
static bool nn_nic_copy_last(const struct nn_nic *nic, u64 seq, struct nn_record *record)
{
	bool newest;

	raw_spin_lock(&nn_lock);
	newest = nic->last.event.seq == seq;
	if (newest)
		*record = nic->last;
	raw_spin_unlock(&nn_lock);
	return newest;
}

/* The first event of a NIC from @seq to @last, the latter wherever it may be. */
static bool nn_nic_copy_event(const struct nn_nic *nic, u64 seq, u64 last,
			      struct nn_record *record)
{
	for (seq = max(seq, nn_log_oldest()); seq <= last; seq++)
		if (nn_log_is_of(seq, nic->id) && nn_log_copy(seq, record))
			return true;
	return nn_nic_copy_last(nic, last, record);
}

/*
 * The next event of one NIC. However many events other NICs had since, the newest
 * of this one is there: the NIC itself keeps it.
 */
static bool nn_reader_next_of_nic(struct nn_reader *reader, struct nn_record *record)
{
	const struct nn_nic *nic = reader->nic;
	u64 seq = atomic64_read(&reader->cursor), last;

	do {
		/* Pairs with atomic64_set_release() in nn_event_emit(). */
		last = atomic64_read_acquire(&nic->last_seq);
		if (seq > last)
			return false;
	} while (!nn_nic_copy_event(nic, seq, last, record));

	if (record->event.generation != reader->generation + 1)
		record->event.flags = NETDEV_NAMING_EVENT_F_OVERFLOW;
	return true;
}

static bool nn_reader_next(struct nn_reader *reader, struct nn_record *record)
{
	lockdep_assert_held(&reader->lock);
	return reader->nic ? nn_reader_next_of_nic(reader, record) :
			     nn_reader_next_of_all(reader, record);
}

/* As long as the reader wants it: cut, or zeroes at the end. */
static int nn_event_store(struct nn_reader *reader, char __user *buf, struct nn_record *record)
{
	size_t known = min_t(size_t, reader->event_size, sizeof(record->event));

	record->event.size = reader->event_size;
	if (copy_to_user(buf, &record->event, known) ||
	    clear_user(buf + known, reader->event_size - known))
		return -EFAULT;
	return 0;
}

/* Returns bytes stored. The cursor passes an event once user space has it. */
static ssize_t nn_reader_fetch(struct nn_reader *reader, char __user *buf, size_t len)
{
	struct nn_record record;
	size_t done = 0;

	if (len < reader->event_size)
		return -EINVAL;
	while (len - done >= reader->event_size && nn_reader_next(reader, &record)) {
		if (nn_event_store(reader, buf + done, &record))
			return done ?: -EFAULT;
		reader->generation = record.event.generation;
		atomic64_set(&reader->cursor, record.event.seq + 1);
		done += reader->event_size;
		cond_resched();
	}
	return done;
}

ssize_t nn_reader_read(struct file *file, char __user *buf, size_t len, loff_t *pos)
{
	struct nn_reader *reader = file->private_data;
	ssize_t ret;

	for (;;) {
		/* Before the look at the log: the last event comes first. */
		bool gone = nn_reader_gone(reader);

		ret = nn_reader_lock(reader, file);
		if (ret)
			return ret;
		ret = nn_reader_fetch(reader, buf, len);
		mutex_unlock(&reader->lock);
		if (ret)
			return ret;
		if (gone)
			return -ENODEV;
		if (file->f_flags & O_NONBLOCK)
			return -EAGAIN;
		ret = wait_event_interruptible(*nn_reader_wait(reader),
					       nn_reader_pending(reader) || nn_reader_gone(reader));
		if (ret)
			return ret;
	}
}

int nn_event_size_set(struct waymark_ioctl_call *call)
{
	struct netdev_naming_event_size *arg = call->arg;
	struct nn_reader *reader = nn_call_reader(call);
	int err;

	if (arg->__reserved || arg->event_size < NN_EVENT_SIZE_MIN ||
	    arg->event_size > NN_EVENT_SIZE_MAX || arg->event_size % sizeof(u64))
		return -EINVAL;
	if (nn_reader_gone(reader))
		return -ENODEV;
	err = nn_reader_lock(reader, call->file);
	if (err)
		return err;
	reader->event_size = arg->event_size;
	mutex_unlock(&reader->lock);
	return 0;
}
