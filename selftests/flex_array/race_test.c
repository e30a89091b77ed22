// SPDX-License-Identifier: GPL-2.0-only
/* Puts into the same missing part lose nothing; readers need no lock. */
#include <pthread.h>
#include <stdatomic.h>
#include <stdbool.h>

#include "../lib/flex_array_client.h"
#include "../lib/harness.h"

#define THREADS 4
#define ROUNDS 40
#define TOTAL (512 * 600)

struct racer {
	pthread_t thread;
	pthread_barrier_t *barrier;
	atomic_int *done;
	int fd;
	int number;
	int errors;
};

static __u64 value_of(__u32 nr)
{
	return (nr + 1) * 0x9e3779b97f4a7c15ULL;
}

/*
 * flex_array promises whole parts to readers without a lock, not whole elements: a
 * put under way may have copied any of the bytes. Nothing else may be in sight.
 */
static bool put_or_never(__u64 seen, __u32 nr)
{
	__u64 value = value_of(nr);

	for (; seen != value; seen >>= 8, value >>= 8)
		if ((seen & 0xff) != (value & 0xff) && (seen & 0xff) != 0x6c)
			return false;
	return true;
}

/* Elements of one part go to different threads: every part is fought for. */
static void *put_share(void *arg)
{
	struct racer *me = arg;

	pthread_barrier_wait(me->barrier);
	for (__u32 nr = me->number; nr < TOTAL; nr += 128) {
		for (__u32 at = nr; at < nr + THREADS * 2 && at < TOTAL; at += THREADS) {
			__u64 in = value_of(at);

			me->errors += PUT(me->fd, at, &in) != 0;
		}
	}
	return NULL;
}

static void *read_all(void *arg)
{
	struct racer *me = arg;
	__u32 nr = me->number;
	__u64 out;

	while (!atomic_load(me->done)) {
		nr = (nr * 1103515245 + 12345) % TOTAL;
		switch (GET(me->fd, nr, &out)) {
		case 0:
			break;
		case 1:
			me->errors += !put_or_never(out, nr);
			break;
		default:
			me->errors++;
		}
	}
	return NULL;
}

static void *grow(void *arg)
{
	struct racer *me = arg;

	pthread_barrier_wait(me->barrier);
	for (__u32 total = 512; total < TOTAL; total += 7 * 512)
		me->errors += CALL(me->fd, RESIZE, .total = total) != 0;
	me->errors += CALL(me->fd, RESIZE, .total = TOTAL) != 0;
	return NULL;
}

FIXTURE(race)
{
	int fd;
	pthread_barrier_t barrier;
	atomic_int done;
	struct racer racers[THREADS + 2];
};

FIXTURE_SETUP(race)
{
	self->fd = client_open();
	ASSERT_LE(0, self->fd);
	atomic_store(&self->done, 0);
	for (int i = 0; i < THREADS + 2; i++)
		self->racers[i] = (struct racer){
			.barrier = &self->barrier, .done = &self->done, .fd = self->fd,
			.number = i,
		};
}

FIXTURE_TEARDOWN(race)
{
	close(self->fd);
}

static int check_all(int fd)
{
	int wrong = 0;

	for (__u32 first = 0; first < TOTAL; first += 128) {
		for (__u32 nr = first; nr < first + THREADS * 2; nr++) {
			__u64 out = 0;

			wrong += GET(fd, nr, &out) != 1 || out != value_of(nr);
		}
	}
	return wrong;
}

/* The last two racers read until end_readers(). */
static void start_readers(struct racer *racers)
{
	atomic_store(racers->done, 0);
	for (int i = THREADS; i < THREADS + 2; i++)
		pthread_create(&racers[i].thread, NULL, read_all, &racers[i]);
}

/* Ends them; how many errors all racers have seen. */
static int end_readers(struct racer *racers)
{
	int errors = 0;

	atomic_store(racers->done, 1);
	for (int i = THREADS; i < THREADS + 2; i++)
		pthread_join(racers[i].thread, NULL);
	for (int i = 0; i < THREADS + 2; i++)
		errors += racers[i].errors;
	return errors;
}

TEST_F_TIMEOUT(race, puts_into_missing_parts, 600)
{
	for (int round = 0; round < harness_rounds(ROUNDS); round++) {
		ASSERT_EQ(0, CREATE(self->fd, 8, TOTAL));
		pthread_barrier_init(&self->barrier, NULL, THREADS);
		for (int i = 0; i < THREADS; i++)
			ASSERT_EQ(0, pthread_create(&self->racers[i].thread, NULL, put_share,
						    &self->racers[i]));
		for (int i = 0; i < THREADS; i++) {
			pthread_join(self->racers[i].thread, NULL);
			EXPECT_EQ(0, self->racers[i].errors);
		}
		EXPECT_EQ(0, check_all(self->fd));
		/* What lost a race was given back: one part each, and no more. */
		EXPECT_EQ(TOTAL / 512, client_info(self->fd).parts);
		EXPECT_EQ(3, client_info(self->fd).nodes);
		ASSERT_EQ(0, CALL(self->fd, FREE));
	}
}

TEST_F_TIMEOUT(race, readers_without_lock, 600)
{
	for (int round = 0; round < harness_rounds(ROUNDS / 4); round++) {
		ASSERT_EQ(0, CREATE(self->fd, 8, TOTAL));
		pthread_barrier_init(&self->barrier, NULL, 2);
		start_readers(self->racers);
		for (int i = 0; i < 2; i++)
			pthread_create(&self->racers[i].thread, NULL, put_share,
				       &self->racers[i]);
		for (int i = 0; i < 2; i++)
			pthread_join(self->racers[i].thread, NULL);
		EXPECT_EQ(0, end_readers(self->racers));
		ASSERT_EQ(0, CALL(self->fd, FREE));
	}
}

/* The tree grows under readers and puts; what was put before stays in sight. */
TEST_F_TIMEOUT(race, growing_under_readers_and_puts, 600)
{
	for (int round = 0; round < harness_rounds(ROUNDS / 4); round++) {
		__u64 in = value_of(0), out;

		ASSERT_EQ(0, CREATE(self->fd, 8, 512));
		ASSERT_EQ(0, PUT(self->fd, 0, &in));
		pthread_barrier_init(&self->barrier, NULL, 1);
		start_readers(self->racers);
		pthread_create(&self->racers[0].thread, NULL, grow, &self->racers[0]);
		for (__u32 nr = 0; nr < TOTAL;) {
			int ret;

			in = value_of(nr);
			ret = PUT(self->fd, nr, &in);
			if (ret == -ENOSPC)
				continue;	/* the other thread will get there */
			ASSERT_EQ(0, ret);
			ASSERT_EQ(1, GET(self->fd, 0, &out));
			ASSERT_EQ(value_of(0), out);
			ASSERT_EQ(1, GET(self->fd, nr, &out));
			ASSERT_EQ(value_of(nr), out);
			nr += 256;
		}
		pthread_join(self->racers[0].thread, NULL);
		EXPECT_EQ(0, end_readers(self->racers));
		ASSERT_EQ(0, CALL(self->fd, FREE));
	}
}

TEST_HARNESS_MAIN
