/* SPDX-License-Identifier: GPL-2.0-only */
/* How much longer a step takes while somebody attacks: both measured in turns. */
#ifndef PACE_H
#define PACE_H

#include <stdbool.h>

#define PACE_STEPS	50	/* of each kind, for the median */

struct pace {
	const char *what;
	double limit;		/* with divided by without, at most */
	int seconds;		/* after which no more steps with the attack begin */
	long long (*step)(void *arg);		/* nanoseconds, or a negative errno value */
	int (*attack)(void *arg, bool on);	/* returns once it is on, or off */
	void *arg;
};

struct pace_result {
	double without, with;	/* medians in microseconds */
	double ratio;
	int steps;		/* with the attack */
	int tries;
};

/*
 * Zero or a negative errno value. A measurement above the limit is repeated: what else the
 * machine does can make one too long, but an attack that works makes all of them too long.
 */
int pace_measure(const struct pace *pace, struct pace_result *result);

#endif /* PACE_H */
