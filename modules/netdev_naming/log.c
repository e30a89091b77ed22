// SPDX-License-Identifier: GPL-2.0-only
#include <linux/flex_array.h>
#include <linux/ktime.h>
#include <linux/poll.h>
#include <linux/workqueue.h>

#include "netdev_naming.h"

/*
 * One log of events for all readers, who have cursors into it: what an event
 * costs under RTNL does not depend on how many there are, nor does memory. The
 * oldest record is overwritten.
 *
 * The log is the largest thing of the module, as long as the module itself
 * lives, and is needed where nothing may be allocated: what flex_array is good
 * for. It takes single pages and no kernel address space, and all of them
 * beforehand.
 */
#define NN_LOG_MAX	NETDEV_NAMING_QUEUE_MAX

static DEFINE_FLEX_ARRAY_OF(struct nn_record, nn_log, NN_LOG_MAX);

/* Sequence number of the last event; written under nn_lock. */
static atomic64_t nn_log_seq;

static DECLARE_WAIT_QUEUE_HEAD(nn_log_waiters);

static struct workqueue_struct *nn_wake_queue;

/* NICs whose readers have to be woken, each with a reference; under nn_lock. */
static LIST_HEAD(nn_wake_list);
static void nn_wake_fn(struct work_struct *work);
static DECLARE_WORK(nn_wake_work, nn_wake_fn);

static struct nn_record *nn_log_at(u64 seq)
{
	BUILD_BUG_ON_NOT_POWER_OF_2(NN_LOG_MAX);
	return flex_array_ptr(&nn_log, (unsigned int)seq & (NN_LOG_MAX - 1));
}

static struct nn_nic *nn_wake_next(void)
{
	struct nn_nic *nic;

	raw_spin_lock(&nn_lock);
	nic = list_first_entry_or_null(&nn_wake_list, struct nn_nic, wake_link);
	if (nic)
		list_del_init(&nic->wake_link);
	raw_spin_unlock(&nn_lock);
	return nic;
}

/* A worker, as it takes time for every reader that waits. */
static void nn_wake_fn(struct work_struct *work)
{
	__poll_t mask = EPOLLIN | EPOLLRDNORM;
	struct nn_nic *nic;

	wake_up_interruptible_poll(&nn_log_waiters, mask);
	while ((nic = nn_wake_next())) {
		wake_up_interruptible_poll(&nic->wait, READ_ONCE(nic->netdev) ? mask :
					   mask | EPOLLHUP | EPOLLERR);
		nn_nic_put(nic);
		cond_resched();
	}
}

static void nn_wake(struct nn_nic *nic)
{
	if (list_empty(&nic->wake_link)) {
		kref_get(&nic->ref);
		list_add_tail(&nic->wake_link, &nn_wake_list);
	}
	queue_work(nn_wake_queue, &nn_wake_work);
}

/**
 * nn_event_emit() - record what happened to a NIC
 * @nic: the NIC, in the state after the event; its net device is there
 * @type: what happened
 * @detail: what struct netdev_naming_event wants for that type, or NULL
 * @detail_len: its length in bytes, not more than NETDEV_NAMING_ALTNAME_SIZE
 *
 * Context: nn_lock held; takes the same time for any number of readers.
 */
void nn_event_emit(struct nn_nic *nic, enum netdev_naming_event_type type, const void *detail,
		   unsigned int detail_len)
{
	u64 seq = atomic64_read(&nn_log_seq) + 1;
	struct nn_record *record = nn_log_at(seq);

	lockdep_assert_held(&nn_lock);
	nic->last = (struct nn_record) {
		.stamp = seq,
		.link_type = READ_ONCE(nic->netdev->type),
		.event = {
			.size = sizeof(nic->last.event),
			.type = type,
			.ifindex = nic->ifindex,
			.seq = seq,
			.generation = ++nic->generation,
			.id = nic->id,
			.time_ns = ktime_get_boottime_ns(),
			.detail_len = detail_len,
		},
	};
	memcpy(nic->last.event.name, nic->name, sizeof(nic->name));
	if (detail_len)
		memcpy(nic->last.event.detail, detail, detail_len);

	/* No record of this slot has that stamp. */
	WRITE_ONCE(record->stamp, (u32)seq + 1);
	/* Pairs with smp_rmb() in nn_log_copy() and nn_log_is_of(). */
	smp_wmb();
	record->link_type = nic->last.link_type;
	record->event = nic->last.event;
	/* Pairs with smp_load_acquire() in nn_log_copy() and nn_log_is_of(). */
	smp_store_release(&record->stamp, (u32)seq);

	/* Pairs with atomic64_read_acquire() in nn_reader_next_of_nic(). */
	atomic64_set_release(&nic->last_seq, seq);
	/* Pairs with atomic64_read_acquire() in nn_log_last(). */
	atomic64_set_release(&nn_log_seq, seq);
	nn_wake(nic);
}

/**
 * nn_log_last() - sequence number of the last event
 *
 * Context: any.
 * Return: the number, zero before the first event.
 */
u64 nn_log_last(void)
{
	/* Pairs with atomic64_set_release() in nn_event_emit(). */
	return atomic64_read_acquire(&nn_log_seq);
}

/**
 * nn_log_oldest() - sequence number of the oldest event that the log still has
 *
 * Context: any.
 * Return: the number, one as long as all events are there.
 */
u64 nn_log_oldest(void)
{
	u64 last = nn_log_last();

	return last > NN_LOG_MAX ? last - NN_LOG_MAX + 1 : 1;
}

/**
 * nn_log_copy() - copy a record
 * @seq: sequence number, not above nn_log_last()
 * @record: where to
 *
 * Context: any, without a lock.
 * Return: false if it was overwritten, also while it was being copied.
 */
bool nn_log_copy(u64 seq, struct nn_record *record)
{
	const struct nn_record *slot = nn_log_at(seq);

	/* Pairs with smp_store_release() in nn_event_emit(). */
	if (smp_load_acquire(&slot->stamp) != (u32)seq)
		return false;
	/* What is overwritten meanwhile is not used. */
	data_race(memcpy(record, slot, sizeof(*record)));
	/* Pairs with smp_wmb() in nn_event_emit(). */
	smp_rmb();
	return READ_ONCE(slot->stamp) == (u32)seq;
}

/**
 * nn_log_is_of() - is a record that of a NIC?
 * @seq: sequence number, not above nn_log_last()
 * @id: id of the NIC
 *
 * Context: any, without a lock.
 * Return: false also if it was overwritten.
 */
bool nn_log_is_of(u64 seq, u64 id)
{
	const struct nn_record *slot = nn_log_at(seq);
	u64 found;

	/* Pairs with smp_store_release() in nn_event_emit(). */
	if (smp_load_acquire(&slot->stamp) != (u32)seq)
		return false;
	/* As in nn_log_copy(). */
	found = data_race(slot->event.id);
	/* Pairs with smp_wmb() in nn_event_emit(). */
	smp_rmb();
	return READ_ONCE(slot->stamp) == (u32)seq && found == id;
}

/* Where readers of all events wait. */
wait_queue_head_t *nn_log_wait(void)
{
	return &nn_log_waiters;
}

int nn_log_init(void)
{
	int err;

	nn_wake_queue = alloc_workqueue(NN_NAME "_wake", WQ_UNBOUND, 0);
	if (!nn_wake_queue)
		return -ENOMEM;
	err = flex_array_prealloc(&nn_log.array, 0, NN_LOG_MAX, GFP_KERNEL | __GFP_ZERO);
	if (err)
		nn_log_exit();
	return err;
}

/* No NIC is known any more, and no descriptor is open. */
void nn_log_exit(void)
{
	destroy_workqueue(nn_wake_queue);
	WARN_ON(!list_empty(&nn_wake_list));
	flex_array_free_parts(&nn_log.array);
}
