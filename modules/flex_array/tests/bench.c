// SPDX-License-Identifier: GPL-2.0-only
/*
 * What accesses cost, next to the structures that one would take instead.
 * Single accesses are measured with interrupts off, a chunk at a time, and
 * the fastest chunk counts: where the clock counts instructions, that is the
 * exact number, and elsewhere it is what disturbs least.
 */
#include <linux/fs.h>
#include <linux/irqflags.h>
#include <linux/kernel.h>
#include <linux/ktime.h>
#include <linux/miscdevice.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/sched.h>
#include <linux/uaccess.h>

#include "bench.h"

#define BENCH_CHUNK	500
#define BENCH_CHUNKS	40

static const struct flex_array_bench_type *const bench_types[] = {
	&flex_array_bench_1, &flex_array_bench_8, &flex_array_bench_24,
	&flex_array_bench_64, &flex_array_bench_1000,
};

static DEFINE_MUTEX(bench_lock);
static u64 bench_sink;

static u64 bench_clock_cost(void)
{
	u64 least = U64_MAX;
	int i;

	for (i = 0; i < 100; i++) {
		u64 begin = ktime_get_ns();

		least = min(least, ktime_get_ns() - begin);
	}
	return least;
}

static void bench_access(const struct flex_array_bench_type *type,
			 struct flex_array_bench_run *run, u32 n)
{
	u64 random = 1, begin, took, least = U64_MAX;
	unsigned long irq;
	u32 from = 0;
	int i;

	for (i = 0; i < BENCH_CHUNKS; i++) {
		local_irq_save(irq);
		begin = ktime_get_ns();
		bench_sink += type->run(run, from, n, &random);
		took = ktime_get_ns() - begin;
		local_irq_restore(irq);
		least = min(least, took - min(took, bench_clock_cost()));
		from = from + n <= run->total - n ? from + n : 0;
		cond_resched();
	}
	run->ns[run->op] = least;
}

static int bench_accesses(const struct flex_array_bench_type *type,
			  struct flex_array_bench_run *run)
{
	int ret = type->create(run->structure, run->total);

	if (ret)
		return ret;
	run->ops = min_t(u32, BENCH_CHUNK, run->total);
	for (run->op = 0; run->op <= FLEX_ARRAY_BENCH_PUT; run->op++)
		bench_access(type, run, run->ops);
	type->destroy(run->structure);
	return 0;
}

static int bench_whole(const struct flex_array_bench_type *type,
		       struct flex_array_bench_run *run)
{
	bool fill = run->op == FLEX_ARRAY_BENCH_PUT_ALLOC;
	int rounds = run->total > 1000000 ? 1 : 3, i, ret;
	u64 begin, took, least = U64_MAX;

	run->ops = fill ? run->total : 1;
	for (i = 0; i < rounds; i++) {
		begin = ktime_get_ns();
		ret = fill ? type->fill(run->structure, run->total) :
			     type->create(run->structure, run->total);
		took = ktime_get_ns() - begin;
		if (ret) {
			/* What failed to be created is gone already. */
			if (fill)
				type->destroy(run->structure);
			return ret;
		}
		begin = ktime_get_ns();
		type->destroy(run->structure);
		if (!fill)
			took += ktime_get_ns() - begin;
		least = min(least, took);
		cond_resched();
	}
	run->ns[run->op] = least;
	return 0;
}

static int bench_measure(struct flex_array_bench_run *run)
{
	const struct flex_array_bench_type *type = NULL;
	int i;

	for (i = 0; i < ARRAY_SIZE(bench_types); i++)
		if (bench_types[i]->element_size == run->element_size)
			type = bench_types[i];
	if (!type || !run->total || run->structure >= FLEX_ARRAY_BENCH_STRUCTURES ||
	    run->op >= FLEX_ARRAY_BENCH_OPS)
		return -EINVAL;
	if (run->op >= FLEX_ARRAY_BENCH_PUT_ALLOC)
		return bench_whole(type, run);
	return bench_accesses(type, run);
}

static long bench_ioctl(struct file *file, unsigned int cmd, unsigned long user)
{
	struct flex_array_bench_run run;
	int ret;

	if (cmd != FLEX_ARRAY_BENCH_RUN)
		return -ENOTTY;
	if (copy_from_user(&run, (void __user *)user, sizeof(run)))
		return -EFAULT;
	mutex_lock(&bench_lock);
	ret = bench_measure(&run);
	mutex_unlock(&bench_lock);
	if (!ret && copy_to_user((void __user *)user, &run, sizeof(run)))
		ret = -EFAULT;
	return ret;
}

static const struct file_operations bench_fops = {
	.owner = THIS_MODULE,
	.unlocked_ioctl = bench_ioctl,
	.compat_ioctl = compat_ptr_ioctl,
};

static struct miscdevice bench_misc = {
	.minor = MISC_DYNAMIC_MINOR,
	.name = "flex_array_bench",
	.fops = &bench_fops,
	.mode = 0600,
};

module_misc_device(bench_misc);
MODULE_LICENSE("GPL");
MODULE_DESCRIPTION("Measures flex_array");
