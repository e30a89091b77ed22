// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ktime.h>
#include <linux/mm.h>
#include <linux/poll.h>
#include <linux/slab.h>

#include "netdev_naming.h"

/* Rings grow by this factor, and are kept when empty up to this size. */
#define NN_QUEUE_GROWTH		16

static u64 nn_seq;

/**
 * nn_queue_init() - start with an empty queue
 * @queue: the queue
 *
 * No memory until there is an event: most descriptors never see one.
 */
void nn_queue_init(struct nn_queue *queue)
{
	queue->ring = &queue->one;
	queue->capacity = 1;
	queue->head = 0;
	WRITE_ONCE(queue->count, 0);
}

/**
 * nn_queue_clear() - drop everything, also the overflow mark
 * @queue: the queue
 */
void nn_queue_clear(struct nn_queue *queue)
{
	if (queue->ring != &queue->one)
		kvfree(queue->ring);
	nn_queue_init(queue);
}

static struct netdev_naming_event *nn_queue_at(const struct nn_queue *queue, unsigned int nr)
{
	return &queue->ring[(queue->head + nr) % queue->capacity];
}

static bool nn_queue_grow(struct nn_queue *queue)
{
	unsigned int capacity, nr;
	struct netdev_naming_event *ring;

	capacity = min_t(unsigned int, queue->capacity * NN_QUEUE_GROWTH, NETDEV_NAMING_QUEUE_MAX);
	if (capacity == queue->capacity)
		return false;
	/* For any number of readers that do not read: rather an overflow than an OOM kill. */
	ring = kvmalloc_array(capacity, sizeof(*ring), GFP_KERNEL | __GFP_NOWARN | __GFP_NORETRY);
	if (!ring)
		return false;
	for (nr = 0; nr < queue->count; nr++)
		ring[nr] = *nn_queue_at(queue, nr);
	if (queue->ring != &queue->one)
		kvfree(queue->ring);
	queue->ring = ring;
	queue->capacity = capacity;
	queue->head = 0;
	return true;
}

/* Drops the oldest record where it must: what is new matters more. */
static void nn_queue_push(struct nn_queue *queue, const struct netdev_naming_event *event)
{
	bool lost = false;

	if (queue->count == queue->capacity && !nn_queue_grow(queue)) {
		queue->head = (queue->head + 1) % queue->capacity;
		WRITE_ONCE(queue->count, queue->count - 1);
		lost = true;
	}
	*nn_queue_at(queue, queue->count) = *event;
	/* poll() looks without nn_lock. */
	WRITE_ONCE(queue->count, queue->count + 1);
	if (lost)
		nn_queue_at(queue, 0)->flags |= NETDEV_NAMING_EVENT_F_OVERFLOW;
}

/**
 * nn_queue_peek() - copy the oldest records
 * @queue: the queue
 * @events: room for @max records
 * @max: how many at most
 *
 * Return: number of records copied.
 */
unsigned int nn_queue_peek(const struct nn_queue *queue, struct netdev_naming_event *events,
			   unsigned int max)
{
	unsigned int nr;

	for (nr = 0; nr < min(max, queue->count); nr++)
		events[nr] = *nn_queue_at(queue, nr);
	return nr;
}

/**
 * nn_queue_pop() - drop records that were delivered
 * @queue: the queue
 * @seq: sequence number of the last one
 */
void nn_queue_pop(struct nn_queue *queue, u64 seq)
{
	while (queue->count && nn_queue_at(queue, 0)->seq <= seq) {
		queue->head = (queue->head + 1) % queue->capacity;
		WRITE_ONCE(queue->count, queue->count - 1);
	}
	if (!queue->count && queue->capacity > NN_QUEUE_GROWTH)
		nn_queue_clear(queue);
}

static void nn_event_deliver(struct list_head *readers, const struct netdev_naming_event *event)
{
	__poll_t mask = EPOLLIN | EPOLLRDNORM;
	struct nn_reader *reader;

	if (event->type == NETDEV_NAMING_EVENT_UNREGISTERED)
		mask |= EPOLLHUP | EPOLLERR;
	list_for_each_entry(reader, readers, link) {
		nn_queue_push(&reader->queue, event);
		wake_up_interruptible_poll(&reader->wait, mask);
	}
}

/**
 * nn_event_emit() - record what happened to a NIC
 * @nic: the NIC, in the state after the event
 * @type: what happened
 * @detail: what struct netdev_naming_event wants for that type, or NULL
 * @detail_len: its length in bytes, not more than NETDEV_NAMING_ALTNAME_SIZE
 *
 * Context: nn_lock held; may sleep.
 */
void nn_event_emit(struct nn_nic *nic, enum netdev_naming_event_type type, const void *detail,
		   unsigned int detail_len)
{
	struct netdev_naming_event event = {
		.size = sizeof(event),
		.type = type,
		.ifindex = nic->ifindex,
		.seq = ++nn_seq,
		.generation = ++nic->generation,
		.id = nic->id,
		.time_ns = ktime_get_boottime_ns(),
		.detail_len = detail_len,
	};

	lockdep_assert_held(&nn_lock);
	strscpy(event.name, nic->name, sizeof(event.name));
	if (detail_len)
		memcpy(event.detail, detail, detail_len);
	nn_event_deliver(&nic->readers, &event);
	nn_event_deliver(&nn_control_readers, &event);
}

/**
 * nn_event_seq() - number of the last event
 *
 * Context: nn_lock held.
 * Return: the number, zero before the first event.
 */
u64 nn_event_seq(void)
{
	return nn_seq;
}
