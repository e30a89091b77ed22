// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "netdev_naming.h"

#define NN_ENTRY_SIZE_MIN	40	/* struct netdev_naming_entry as first published */
#define NN_ENTRY_SIZE_MAX	4096

static u32 nn_enumerate_count(void)
{
	struct nn_nic *nic;
	u32 count = 0;

	list_for_each_entry(nic, &nn_nics, link)
		count += nic->here;
	return count;
}

static void nn_enumerate_fill(struct nn_snapshot *snapshot)
{
	struct netdev_naming_entry *entry = snapshot->entries;
	struct nn_nic *nic;

	list_for_each_entry(nic, &nn_nics, link) {
		if (!nic->here)
			continue;
		memset(entry, 0, sizeof(*entry));
		entry->id = nic->id;
		entry->generation = nic->generation;
		entry->ifindex = nic->ifindex;
		entry->link_type = READ_ONCE(nic->netdev->type);
		strscpy(entry->name, nic->name, sizeof(entry->name));
		entry++;
	}
}

/* Events up to the snapshot are in it: the queue starts anew. */
static int nn_enumerate_start(struct nn_reader *reader)
{
	struct nn_snapshot *snapshot = &reader->snapshot;
	struct netdev_naming_entry *entries;
	u32 count, room;

	mutex_lock(&nn_lock);
	count = nn_enumerate_count();
	for (;;) {
		mutex_unlock(&nn_lock);
		room = count;
		entries = kvmalloc_array(max(room, 1U), sizeof(*entries), GFP_KERNEL_ACCOUNT);
		if (!entries)
			return -ENOMEM;
		mutex_lock(&nn_lock);
		count = nn_enumerate_count();
		if (count <= room)
			break;
		kvfree(entries);
	}
	kvfree(snapshot->entries);
	snapshot->entries = entries;
	snapshot->count = count;
	snapshot->next = 0;
	snapshot->serial++;
	snapshot->seq = nn_event_seq();
	nn_enumerate_fill(snapshot);
	nn_queue_clear(&reader->queue);
	mutex_unlock(&nn_lock);
	return 0;
}

/* Zero is for a new snapshot, so the number of the old one is part of it. */
static u64 nn_enumerate_cursor(const struct nn_snapshot *snapshot)
{
	if (!snapshot->entries)
		return 0;
	return (u64)snapshot->serial << 32 | snapshot->next;
}

static int nn_enumerate_store(struct netdev_naming_enumerate *arg,
			      const struct netdev_naming_entry *entries)
{
	u32 known = min_t(u32, arg->entry_size, sizeof(*entries));
	u32 nr;

	for (nr = 0; nr < arg->count; nr++) {
		u8 __user *dst = u64_to_user_ptr(arg->entries + (u64)nr * arg->entry_size);

		if (copy_to_user(dst, &entries[nr], known) ||
		    clear_user(dst + known, arg->entry_size - known))
			return -EFAULT;
	}
	return 0;
}

static int nn_enumerate_locked(struct nn_reader *reader, struct netdev_naming_enumerate *arg)
{
	struct nn_snapshot *snapshot = &reader->snapshot;
	int err;

	if (!arg->cursor) {
		err = nn_enumerate_start(reader);
		if (err)
			return err;
	} else if (arg->cursor != nn_enumerate_cursor(snapshot)) {
		return -EINVAL;
	}

	arg->count = min(arg->capacity, snapshot->count - snapshot->next);
	arg->total = snapshot->count;
	arg->seq = snapshot->seq;
	err = nn_enumerate_store(arg, snapshot->entries + snapshot->next);
	if (err)
		return err;

	snapshot->next += arg->count;
	if (snapshot->next == snapshot->count) {
		kvfree(snapshot->entries);
		snapshot->entries = NULL;
	}
	arg->cursor = nn_enumerate_cursor(snapshot);
	return 0;
}

int nn_enumerate(struct nn_call *call)
{
	struct netdev_naming_enumerate *arg = call->arg;
	struct nn_reader *reader = call->reader;
	int err;

	if (!arg->capacity || arg->entry_size < NN_ENTRY_SIZE_MIN ||
	    arg->entry_size > NN_ENTRY_SIZE_MAX)
		return -EINVAL;
	err = mutex_lock_interruptible(&reader->lock);
	if (err)
		return err;
	err = nn_enumerate_locked(reader, arg);
	mutex_unlock(&reader->lock);
	return err;
}
