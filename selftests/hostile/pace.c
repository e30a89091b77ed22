// SPDX-License-Identifier: GPL-2.0-only
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>

#include "pace.h"

#define TURN		10	/* steps between two switches */
#define TRIES		6

struct samples {
	long long values[PACE_STEPS];
	int count;
};

static int compare(const void *a, const void *b)
{
	long long x = *(const long long *)a, y = *(const long long *)b;

	return (x > y) - (x < y);
}

static double median_us(struct samples *samples)
{
	qsort(samples->values, samples->count, sizeof(samples->values[0]), compare);
	return samples->values[samples->count / 2] / 1e3;
}

static int pace_turn(const struct pace *pace, struct samples *samples, time_t end)
{
	long long took;
	int nr;

	/* The first one after a switch finds caches cold, whichever way it was. */
	took = pace->step(pace->arg);
	for (nr = 0; took >= 0 && nr < TURN; nr++) {
		if (end && samples->count && time(NULL) > end)
			return 0;
		took = pace->step(pace->arg);
		if (took >= 0)
			samples->values[samples->count++] = took;
	}
	return took < 0 ? took : 0;
}

static int pace_try(const struct pace *pace, struct pace_result *result, time_t end)
{
	struct samples without = { .count = 0 }, with = { .count = 0 };
	int err = 0;

	while (!err && without.count < PACE_STEPS) {
		err = pace_turn(pace, &without, 0);
		err = err ?: pace->attack(pace->arg, true);
		if (!err && (!with.count || time(NULL) <= end))
			err = pace_turn(pace, &with, end);
		err = pace->attack(pace->arg, false) ?: err;
	}
	if (err)
		return err;
	result->without = median_us(&without);
	result->with = median_us(&with);
	result->ratio = result->with / result->without;
	result->steps = with.count;
	return 0;
}

int pace_measure(const struct pace *pace, struct pace_result *result)
{
	time_t end = time(NULL) + pace->seconds;
	int err;

	for (result->tries = 1; result->tries <= TRIES; result->tries++) {
		err = pace_try(pace, result, end);
		if (err)
			return err;
		printf("# %s: %.0f us without, %.0f us with, %.2f times (%d steps)\n", pace->what,
		       result->without, result->with, result->ratio, result->steps);
		if (result->ratio <= pace->limit || time(NULL) > end)
			break;
	}
	return 0;
}
