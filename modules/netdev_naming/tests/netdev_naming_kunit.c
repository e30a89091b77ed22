// SPDX-License-Identifier: GPL-2.0-only
/*
 * ENUMERATE makes its snapshot while NICs come, go and change. Here they do so
 * at every step of it, which takes luck on a real machine. The snapshot has to
 * be the state after the event that it names.
 */
#include <kunit/test.h>
#include <linux/if_arp.h>
#include <linux/module.h>
#include <linux/netdevice.h>
#include <linux/prandom.h>
#include <linux/vmalloc.h>

#include "../enumerate.c"

#define SEED		20261201
#define ROUNDS		200
#define NICS_MAX	1024
#define LOG_MAX		128	/* events that the log of this file holds */

/* In place of that of nic.c. */
DEFINE_RAW_SPINLOCK(nn_lock);

/**
 * struct world - the NICs, and the events of what happens to them
 * @random: what all choices come from
 * @netdev: the net device of all NICs that are not gone
 * @nics: by id, from one on
 * @count: number of NICs that there were so far
 * @left: number of events that are still to come
 * @pace: number of events at a time, at most
 * @arrivals: whether all of them are arrivals
 * @log: the last events
 * @seq: number of events
 * @state: what a snapshot has to hold that is taken now
 * @states: number of entries there
 * @overwritten: how often an event was asked for that the log had no longer
 */
struct world {
	struct rnd_state random;
	struct net_device *netdev;
	struct nn_nic nics[NICS_MAX];
	unsigned int count;
	unsigned int left;
	unsigned int pace;
	bool arrivals;
	struct nn_record log[LOG_MAX];
	u64 seq;
	struct netdev_naming_entry state[NICS_MAX];
	unsigned int states;
	unsigned int overwritten;
};

/* The one of the test that runs. */
static struct world *world;

static unsigned int below(unsigned int limit)
{
	return prandom_u32_state(&world->random) % limit;
}

static void emit(struct nn_nic *nic, enum netdev_naming_event_type type)
{
	struct nn_record *record = &world->log[++world->seq % LOG_MAX];

	nic->generation++;
	*record = (struct nn_record) {
		.stamp = world->seq,
		.link_type = world->netdev->type,
		.event = {
			.size = sizeof(record->event),
			.type = type,
			.ifindex = nic->ifindex,
			.seq = world->seq,
			.generation = nic->generation,
			.id = nic->id,
		},
	};
	memcpy(record->event.name, nic->name, sizeof(nic->name));
}

static void rename(struct nn_nic *nic)
{
	scnprintf(nic->name, sizeof(nic->name), "nic%x", prandom_u32_state(&world->random));
}

static void arrive(void)
{
	struct nn_nic *nic = &world->nics[world->count];

	nic->id = ++world->count;
	nic->netdev = world->netdev;
	nic->here = true;
	nic->ifindex = below(NICS_MAX) + 1;
	rename(nic);
	emit(nic, NETDEV_NAMING_EVENT_ADDED);
}

static void change(struct nn_nic *nic)
{
	switch (below(5)) {
	case 0:
		nic->here = false;
		emit(nic, NETDEV_NAMING_EVENT_UNREGISTERED);
		nic->netdev = NULL;
		break;
	case 1:
	case 2:
		nic->here = !nic->here;
		if (nic->here)
			nic->ifindex = below(NICS_MAX) + 1;
		emit(nic, nic->here ? NETDEV_NAMING_EVENT_RETURNED : NETDEV_NAMING_EVENT_MOVED);
		break;
	default:
		if (!nic->here)
			break;
		rename(nic);
		emit(nic, NETDEV_NAMING_EVENT_RENAMED);
	}
}

static void happen(void)
{
	unsigned int events = min(below(world->pace + 1), world->left);

	world->left -= events;
	while (events--) {
		bool comes = world->arrivals || !world->count || !below(3);
		struct nn_nic *nic = &world->nics[below(max(world->count, 1U))];

		if (comes && world->count < NICS_MAX)
			arrive();
		else if (nic->netdev)
			change(nic);
	}
}

static void note_state(void)
{
	const struct nn_nic *nic;

	memset(world->state, 0, sizeof(world->state));
	world->states = 0;
	for (nic = world->nics; nic < world->nics + world->count; nic++) {
		struct netdev_naming_entry *entry = &world->state[world->states];

		if (!nic->here)
			continue;
		entry->id = nic->id;
		entry->generation = nic->generation;
		entry->ifindex = nic->ifindex;
		entry->link_type = world->netdev->type;
		memcpy(entry->name, nic->name, sizeof(nic->name));
		world->states++;
	}
}

/* What follows is in place of nic.c, log.c and reader.c. */

struct nn_nic *nn_nic_next(struct nn_nic *nic)
{
	unsigned int i = nic ? nic->id : 0;

	happen();
	while (i < world->count && !world->nics[i].netdev)
		i++;
	return i < world->count ? &world->nics[i] : NULL;
}

void nn_nic_put(struct nn_nic *nic)
{
}

unsigned int nn_nic_count(void)
{
	return world->count;
}

u64 nn_log_last(void)
{
	note_state();
	return world->seq;
}

bool nn_log_copy(u64 seq, struct nn_record *record)
{
	happen();
	*record = world->log[seq % LOG_MAX];
	if (record->event.seq == seq)
		return true;
	world->overwritten++;
	return false;
}

int nn_reader_lock(struct nn_reader *reader, const struct file *file)
{
	return -EINTR;
}

static void start_over(unsigned int nics)
{
	memset(world->nics, 0, sizeof(world->nics));
	memset(world->log, 0, sizeof(world->log));
	world->count = 0;
	world->seq = 0;
	world->left = 0;
	world->arrivals = false;
	while (nics--)
		arrive();
}

/* Returns for how many entries there was room in the end. */
static u32 take_and_check(struct kunit *test)
{
	struct nn_reader reader = {};
	struct nn_snapshot *snapshot = &reader.snapshot;

	KUNIT_ASSERT_EQ(test, nn_enumerate_start(&reader), 0);
	KUNIT_EXPECT_EQ(test, snapshot->count, world->states);
	if (snapshot->count == world->states)
		KUNIT_EXPECT_EQ(test, 0, memcmp(snapshot->entries, world->state,
						world->states * sizeof(world->state[0])));
	KUNIT_EXPECT_EQ(test, (u64)atomic64_read(&reader.cursor), snapshot->seq + 1);
	kvfree(snapshot->entries);
	return snapshot->room;
}

static void nothing_happens(struct kunit *test)
{
	start_over(0);
	take_and_check(test);
	start_over(NICS_MAX);
	take_and_check(test);
}

static void changes_at_every_step(struct kunit *test)
{
	unsigned int round;

	for (round = 0; round < ROUNDS; round++) {
		start_over(below(60));
		world->pace = 3;
		world->left = below(LOG_MAX);
		take_and_check(test);
	}
}

/*
 * The snapshot starts again, until all events since its start are in the log. All NICs that there
 * can be are there: without arrivals, it is never for lack of room that it starts again.
 */
static void more_events_than_the_log_holds(struct kunit *test)
{
	unsigned int round;

	for (round = 0; round < ROUNDS / 10; round++) {
		start_over(NICS_MAX);
		world->overwritten = 0;
		world->pace = LOG_MAX;
		world->left = 2 * LOG_MAX + below(8 * LOG_MAX);
		take_and_check(test);
		KUNIT_EXPECT_GT(test, world->overwritten, 0U);
	}
}

/* There is room for NN_ENTRY_SPARE that come in the meantime; here more do, and at once. */
static void more_nics_than_there_is_room_for(struct kunit *test)
{
	unsigned int round, grown = 0;

	for (round = 0; round < ROUNDS; round++) {
		unsigned int nics = below(10);

		start_over(nics);
		world->arrivals = true;
		world->pace = NN_ENTRY_SPARE + below(10);
		world->left = LOG_MAX - 1;
		grown += take_and_check(test) > nics + NN_ENTRY_SPARE;
	}
	KUNIT_EXPECT_GT(test, grown, 0U);
}

static int world_init(struct kunit *test)
{
	world = vzalloc(sizeof(*world));
	if (!world)
		return -ENOMEM;
	world->netdev = kunit_kzalloc(test, sizeof(*world->netdev), GFP_KERNEL);
	if (!world->netdev) {
		vfree(world);
		return -ENOMEM;
	}
	world->netdev->type = ARPHRD_ETHER;
	prandom_seed_state(&world->random, SEED);
	return 0;
}

static void world_exit(struct kunit *test)
{
	vfree(world);
	world = NULL;
}

static struct kunit_case netdev_naming_cases[] = {
	KUNIT_CASE(nothing_happens),
	KUNIT_CASE(changes_at_every_step),
	KUNIT_CASE(more_events_than_the_log_holds),
	KUNIT_CASE(more_nics_than_there_is_room_for),
	{}
};

static struct kunit_suite netdev_naming_suite = {
	.name = "netdev_naming",
	.init = world_init,
	.exit = world_exit,
	.test_cases = netdev_naming_cases,
};

kunit_test_suite(netdev_naming_suite);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Unit tests of netdev_naming");
