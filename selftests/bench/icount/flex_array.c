// SPDX-License-Identifier: GPL-2.0-only
/*
 * What accesses to a flex_array cost, next to a flat array, a genradix and an
 * xarray, as JSON lines. The guest's nanoseconds are instructions here.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <tests/flex_array_bench.h>

#define DEVICE	"/dev/flex_array_bench"
#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* wall/flex_array.c has other ones. */
#ifndef BENCH_UNIT
#define BENCH_UNIT	"instructions"
#define BENCH_PREFIX	""
#endif

static const char *const structures[FLEX_ARRAY_BENCH_STRUCTURES] = {
	[FLEX_ARRAY_BENCH_FLAT] = "flat",
	[FLEX_ARRAY_BENCH_TYPED] = "typed",
	[FLEX_ARRAY_BENCH_OLD] = "old",
	[FLEX_ARRAY_BENCH_GENRADIX] = "genradix",
	[FLEX_ARRAY_BENCH_GENRADIX_INLINED] = "genradix_inlined",
	[FLEX_ARRAY_BENCH_XARRAY] = "xarray",
};

static const char *const ops[FLEX_ARRAY_BENCH_OPS] = {
	[FLEX_ARRAY_BENCH_GET_RANDOM] = "get_random",
	[FLEX_ARRAY_BENCH_GET_SEQUENTIAL] = "get_sequential",
	[FLEX_ARRAY_BENCH_PUT] = "put",
	[FLEX_ARRAY_BENCH_PUT_ALLOC] = "put_alloc",
	[FLEX_ARRAY_BENCH_CREATE_FREE] = "create_free",
};

static const unsigned int sizes[] = { 1, 8, 24, 64, 1000 };

static const struct {
	unsigned int total;
	const char *name;
} totals[] = { { 1000, "1k" }, { 100000, "100k" }, { 10000000, "10M" } };

static int device;

/* Costs of one operation each, by op; false if there is no such measurement. */
static bool measure(struct flex_array_bench_run *run, double cost[])
{
	unsigned int op;

	if (ioctl(device, FLEX_ARRAY_BENCH_RUN, run)) {
		if (errno == EOPNOTSUPP || errno == ENOMEM)
			return false;
		fprintf(stderr, "flex_array: structure %u, op %u, %u B x %u: %s\n",
			run->structure, run->op, run->element_size, run->total, strerror(errno));
		exit(1);
	}
	for (op = 0; op < FLEX_ARRAY_BENCH_OPS; op++)
		if (run->ns[op])
			cost[op] = (double)run->ns[op] / run->ops;
	return true;
}

static void print_figure(unsigned int op, unsigned int ours, unsigned int size,
			 const char *total_name, double value, const char *reference,
			 double reference_value)
{
	printf("{\"name\":\"flex_array." BENCH_PREFIX "%s%s.%uB.%s\",", ops[op],
	       ours == FLEX_ARRAY_BENCH_OLD ? "_old" : "", size, total_name);
	printf("\"value\":%.2f,\"unit\":\"%s\",", value, BENCH_UNIT);
	printf("\"reference\":\"%s\",", reference);
	printf("\"reference_value\":%.2f}\n", reference_value);
}

/* What takes long and tells nothing new. */
static bool too_long(unsigned int s, unsigned int op, unsigned int size, unsigned int total)
{
	if (total <= 1000000 || size == 8)
		return false;
	/* An xarray has no elements; the others scale with their parts. */
	return s == FLEX_ARRAY_BENCH_XARRAY || op >= FLEX_ARRAY_BENCH_PUT_ALLOC;
}

static void bench(unsigned int size, unsigned int total, const char *total_name)
{
	static const unsigned int first_ops[] = {
		FLEX_ARRAY_BENCH_GET_RANDOM, FLEX_ARRAY_BENCH_PUT_ALLOC,
		FLEX_ARRAY_BENCH_CREATE_FREE,
	};
	double cost[FLEX_ARRAY_BENCH_STRUCTURES][FLEX_ARRAY_BENCH_OPS] = { 0 };
	unsigned int s, op, i;

	for (s = 0; s < FLEX_ARRAY_BENCH_STRUCTURES; s++) {
		for (i = 0; i < ARRAY_SIZE(first_ops); i++) {
			struct flex_array_bench_run run = {
				.structure = s, .op = first_ops[i], .element_size = size,
				.total = total,
			};

			if (!too_long(s, run.op, size, total) && !measure(&run, cost[s]))
				break;
		}
	}
	for (op = 0; op < FLEX_ARRAY_BENCH_OPS; op++) {
		/* A loop around nothing costs the same for all. */
		double loop = op <= FLEX_ARRAY_BENCH_PUT ? cost[FLEX_ARRAY_BENCH_NONE][op] : 0;

		for (s = FLEX_ARRAY_BENCH_FLAT; s < FLEX_ARRAY_BENCH_STRUCTURES; s++) {
			if (s == FLEX_ARRAY_BENCH_TYPED || s == FLEX_ARRAY_BENCH_OLD)
				continue;
			for (i = FLEX_ARRAY_BENCH_TYPED; i <= FLEX_ARRAY_BENCH_OLD; i++)
				if (cost[s][op] > 0 && cost[i][op] > 0)
					print_figure(op, i, size, total_name, cost[i][op] - loop,
						     structures[s], cost[s][op] - loop);
		}
	}
	fflush(stdout);
}

/* With an argument, totals above it are left out. */
int main(int argc, char **argv)
{
	const char *dir = getenv("WAYMARK_TEST_MODULES");
	char command[4096];
	unsigned long long free_bytes;
	unsigned int size, total;

	snprintf(command, sizeof(command),
		 "{ modprobe flex_array || :; insmod '%s/flex_array_bench.ko'; } >&2",
		 dir ? dir : "/opt/waymark/test-modules");
	if (access(DEVICE, F_OK) && system(command))
		return 1;
	device = open(DEVICE, O_RDWR | O_CLOEXEC);
	if (device < 0) {
		fprintf(stderr, "flex_array: %s: %s\n", DEVICE, strerror(errno));
		return 1;
	}
	free_bytes = (unsigned long long)sysconf(_SC_AVPHYS_PAGES) * sysconf(_SC_PAGESIZE);
	for (total = 0; total < ARRAY_SIZE(totals); total++) {
		if (argc > 1 && totals[total].total > strtoul(argv[1], NULL, 0))
			break;
		for (size = 0; size < ARRAY_SIZE(sizes); size++) {
			/* The flat array, and a little more for what leads to elements. */
			if ((unsigned long long)sizes[size] * totals[total].total * 11 / 10 +
			    (150ULL << 20) > free_bytes) {
				fprintf(stderr, "flex_array: %u B x %s: not enough free memory\n",
					sizes[size], totals[total].name);
				continue;
			}
			bench(sizes[size], totals[total].total, totals[total].name);
		}
	}
	close(device);
	if (system("rmmod flex_array_bench"))
		return 1;
	return 0;
}
