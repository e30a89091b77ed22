// SPDX-License-Identifier: GPL-2.0-only
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/uaccess.h>

#include "netdev_naming.h"

#define NN_ENTRY_SIZE_MIN	40	/* struct netdev_naming_entry as first published */
#define NN_ENTRY_SIZE_MAX	4096

/* For NICs that come while the memory is being allocated. */
#define NN_ENTRY_SPARE		64

/*
 * A snapshot is made without stopping the NICs: the entries are copied one by
 * one, and the events that came meanwhile are taken from the log and applied to
 * them. What comes out is the state after the last of these events, exactly.
 */

static bool nn_enumerate_copy(const struct nn_nic *nic, struct netdev_naming_entry *entry)
{
	bool here;

	memset(entry, 0, sizeof(*entry));
	raw_spin_lock(&nn_lock);
	here = nic->here;
	if (here) {
		entry->id = nic->id;
		entry->generation = nic->generation;
		entry->ifindex = nic->ifindex;
		entry->link_type = READ_ONCE(nic->netdev->type);
		memcpy(entry->name, nic->name, sizeof(nic->name));
	}
	raw_spin_unlock(&nn_lock);
	return here;
}

static int nn_enumerate_walk(struct nn_snapshot *snapshot)
{
	struct nn_nic *nic = NULL;

	snapshot->count = 0;
	while ((nic = nn_nic_next(nic))) {
		if (snapshot->count == snapshot->room) {
			nn_nic_put(nic);
			return -ENOSPC;
		}
		snapshot->count += nn_enumerate_copy(nic, &snapshot->entries[snapshot->count]);
	}
	return 0;
}

/* The first entry whose id is not below @id. */
static u32 nn_enumerate_find(const struct nn_snapshot *snapshot, u64 id)
{
	u32 low = 0, high = snapshot->count;

	while (low < high) {
		u32 middle = low + (high - low) / 2;

		if (snapshot->entries[middle].id < id)
			low = middle + 1;
		else
			high = middle;
	}
	return low;
}

/* An entry that is newer than the event stays as it is. */
static int nn_enumerate_apply(struct nn_snapshot *snapshot, const struct nn_record *record)
{
	const struct netdev_naming_event *event = &record->event;
	u32 at = nn_enumerate_find(snapshot, event->id), after = snapshot->count - at;
	struct netdev_naming_entry *entry = &snapshot->entries[at];
	bool present = after && entry->id == event->id;

	if (present && event->generation <= entry->generation)
		return 0;
	if (event->type == NETDEV_NAMING_EVENT_MOVED ||
	    event->type == NETDEV_NAMING_EVENT_UNREGISTERED) {
		if (present) {
			memmove(entry, entry + 1, (after - 1) * sizeof(*entry));
			snapshot->count--;
		}
		return 0;
	}
	if (!present) {
		if (snapshot->count == snapshot->room)
			return -ENOSPC;
		memmove(entry + 1, entry, after * sizeof(*entry));
		snapshot->count++;
	}
	memset(entry, 0, sizeof(*entry));
	entry->id = event->id;
	entry->generation = event->generation;
	entry->ifindex = event->ifindex;
	entry->link_type = record->link_type;
	memcpy(entry->name, event->name, sizeof(entry->name));
	return 0;
}

/* Returns -ENOSPC for more room, -EAGAIN if there were more events than the log holds. */
static int nn_enumerate_fill(struct nn_snapshot *snapshot)
{
	u64 seq = nn_log_last() + 1;
	struct nn_record record;
	int err;

	err = nn_enumerate_walk(snapshot);
	if (err)
		return err;
	snapshot->seq = nn_log_last();
	for (; seq <= snapshot->seq; seq++) {
		if (!nn_log_copy(seq, &record))
			return -EAGAIN;
		err = nn_enumerate_apply(snapshot, &record);
		if (err)
			return err;
	}
	return 0;
}

/* Events up to the snapshot are in it: the first one to be read comes after. */
static int nn_enumerate_start(struct nn_reader *reader)
{
	struct nn_snapshot *old = &reader->snapshot, new = {
		.room = nn_nic_count() + NN_ENTRY_SPARE,
		.serial = old->serial + 1,
	};
	int err;

	do {
		if (signal_pending(current))
			return -EINTR;
		new.entries = kvmalloc_array(new.room, sizeof(*new.entries), GFP_KERNEL_ACCOUNT);
		if (!new.entries)
			return -ENOMEM;
		err = nn_enumerate_fill(&new);
		if (err) {
			kvfree(new.entries);
			new.room = max(new.room, nn_nic_count()) + NN_ENTRY_SPARE;
		}
	} while (err);

	kvfree(old->entries);
	*old = new;
	atomic64_set(&reader->cursor, new.seq + 1);
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

	lockdep_assert_held(&reader->lock);
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

int nn_enumerate(struct waymark_ioctl_call *call)
{
	struct netdev_naming_enumerate *arg = call->arg;
	struct nn_reader *reader = nn_call_reader(call);
	int err;

	if (!arg->capacity || arg->entry_size < NN_ENTRY_SIZE_MIN ||
	    arg->entry_size > NN_ENTRY_SIZE_MAX)
		return -EINVAL;
	err = nn_reader_lock(reader, call->file);
	if (err)
		return err;
	err = nn_enumerate_locked(reader, arg);
	mutex_unlock(&reader->lock);
	return err;
}
