// SPDX-License-Identifier: GPL-2.0-only
/*
 * SYMBOL_INDEX_IOC_SNAPSHOT and mmap(): the snapshots, and the users that hold them.
 *
 * Readers who ask while the index stays the same, and who have the same right to see
 * addresses, share one snapshot. Nothing here takes symidx_mutex, nor a mutex that readers
 * share: a reader that is stopped or throttled in here must not keep others waiting.
 */
#include <linux/delay.h>
#include <linux/err.h>
#include <linux/mm.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/spinlock.h>
#include "compat/slab.h"
#include "cdev.h"
#include "generation.h"
#include "snapshot.h"

/* How often to build one while modules come and go, and the pause in milliseconds. */
#define SYMIDX_BUILD_TRIES	32
#define SYMIDX_BUILD_PAUSE	5

/**
 * struct symidx_hold - a snapshot held by a user
 * @node: in symidx_snapshot.holds
 * @snapshot: the snapshot
 * @user: the user
 * @count: number of descriptors and mappings that need it
 */
struct symidx_hold {
	struct list_head node;
	struct symidx_snapshot *snapshot;
	kuid_t user;
	unsigned int count;
};

/* Protects the list, the holds in it and their counts. */
static DEFINE_SPINLOCK(symidx_snapshots_lock);
static LIST_HEAD(symidx_snapshots);

static struct symidx_hold *symidx_hold_of(const struct symidx_snapshot *snapshot, kuid_t user)
{
	struct symidx_hold *hold;

	lockdep_assert_held(&symidx_snapshots_lock);
	list_for_each_entry(hold, &snapshot->holds, node)
		if (uid_eq(hold->user, user))
			return hold;
	return NULL;
}

static bool symidx_user_may_hold(kuid_t user)
{
	struct symidx_snapshot *snapshot;
	unsigned int count = 0;

	list_for_each_entry(snapshot, &symidx_snapshots, node)
		count += !!symidx_hold_of(snapshot, user);
	return count < SYMBOL_INDEX_SNAPSHOTS_MAX;
}

static struct symidx_snapshot *symidx_snapshot_find(unsigned long generation, bool show_addresses)
{
	struct symidx_snapshot *snapshot;

	lockdep_assert_held(&symidx_snapshots_lock);
	list_for_each_entry(snapshot, &symidx_snapshots, node)
		if (snapshot->generation == generation &&
		    snapshot->show_addresses == show_addresses)
			return snapshot;
	return NULL;
}

/* Lets a user hold a snapshot. @spare is used, and set to NULL, if a new hold is needed. */
static struct symidx_hold *symidx_hold_add(struct symidx_snapshot *snapshot, kuid_t user,
					   struct symidx_hold **spare)
{
	struct symidx_hold *hold = symidx_hold_of(snapshot, user);

	if (!hold) {
		if (!symidx_user_may_hold(user))
			return ERR_PTR(-EDQUOT);
		hold = *spare;
		*spare = NULL;
		hold->snapshot = snapshot;
		hold->user = user;
		list_add(&hold->node, &snapshot->holds);
	}
	hold->count++;
	return hold;
}

static void symidx_hold_get(struct symidx_hold *hold)
{
	spin_lock(&symidx_snapshots_lock);
	hold->count++;
	spin_unlock(&symidx_snapshots_lock);
}

static void symidx_hold_put(struct symidx_hold *hold)
{
	struct symidx_snapshot *unused = NULL;

	spin_lock(&symidx_snapshots_lock);
	if (--hold->count) {
		spin_unlock(&symidx_snapshots_lock);
		return;
	}
	list_del(&hold->node);
	if (list_empty(&hold->snapshot->holds)) {
		unused = hold->snapshot;
		list_del(&unused->node);
	}
	spin_unlock(&symidx_snapshots_lock);
	kfree(hold);
	symidx_snapshot_free(unused);
}

/* Builds a snapshot, again and again while modules come and go. */
static struct symidx_snapshot *symidx_snapshot_build_quietly(bool show_addresses)
{
	struct symidx_snapshot *snapshot;
	unsigned int i;

	for (i = 0; i < SYMIDX_BUILD_TRIES; i++) {
		snapshot = symidx_snapshot_build(show_addresses);
		if (snapshot != ERR_PTR(-EAGAIN))
			return snapshot;
		if (msleep_interruptible(SYMIDX_BUILD_PAUSE))
			return ERR_PTR(-EINTR);
	}
	return ERR_PTR(-EAGAIN);
}

/* Holds the current snapshot if somebody has built it. NULL: it has to be built. */
static struct symidx_hold *symidx_hold_current(const struct symidx_file *file,
					       struct symidx_hold **spare)
{
	struct symidx_snapshot *snapshot;
	struct symidx_hold *hold = NULL;

	spin_lock(&symidx_snapshots_lock);
	snapshot = symidx_snapshot_find(symidx_generation(), file->show_addresses);
	if (snapshot)
		hold = symidx_hold_add(snapshot, file->charged, spare);
	else if (!symidx_user_may_hold(file->charged))
		hold = ERR_PTR(-EDQUOT);
	spin_unlock(&symidx_snapshots_lock);
	return hold;
}

/* Adds a snapshot to the list, unless another reader was faster, and holds it. */
static struct symidx_hold *symidx_hold_new(const struct symidx_file *file,
					   struct symidx_snapshot *snapshot,
					   struct symidx_hold **spare)
{
	struct symidx_snapshot *same, *unused = NULL;
	struct symidx_hold *hold;

	spin_lock(&symidx_snapshots_lock);
	same = symidx_snapshot_find(snapshot->generation, snapshot->show_addresses);
	hold = symidx_hold_add(same ?: snapshot, file->charged, spare);
	if (same || IS_ERR(hold))
		unused = snapshot;
	else
		list_add(&snapshot->node, &symidx_snapshots);
	spin_unlock(&symidx_snapshots_lock);
	symidx_snapshot_free(unused);
	return hold;
}

static struct symidx_hold *symidx_hold_take(const struct symidx_file *file)
{
	struct symidx_snapshot *snapshot;
	struct symidx_hold *hold, *spare;

	spare = compat_kzalloc_obj(*spare, GFP_KERNEL_ACCOUNT);
	if (!spare)
		return ERR_PTR(-ENOMEM);
	hold = symidx_hold_current(file, &spare);
	if (!hold) {
		snapshot = symidx_snapshot_build_quietly(file->show_addresses);
		if (IS_ERR(snapshot))
			hold = ERR_CAST(snapshot);
		else
			hold = symidx_hold_new(file, snapshot, &spare);
	}
	kfree(spare);
	return hold;
}

/* Replaces the snapshot of a descriptor. */
static int symidx_file_take(struct symidx_file *file)
{
	struct symidx_hold *hold;

	lockdep_assert_held(&file->mutex);
	hold = symidx_hold_take(file);
	if (IS_ERR(hold))
		return PTR_ERR(hold);
	if (file->hold)
		symidx_hold_put(file->hold);
	file->hold = hold;
	return 0;
}

int symidx_ioctl_snapshot(struct waymark_ioctl_call *call)
{
	struct symidx_file *file = call->file->private_data;
	struct symbol_index_snapshot *reply = call->arg;
	int err;

	err = mutex_lock_interruptible(&file->mutex);
	if (err)
		return err;
	err = symidx_file_take(file);
	if (!err) {
		reply->snapshot_size = file->hold->snapshot->size;
		reply->generation = file->hold->snapshot->generation;
	}
	mutex_unlock(&file->mutex);
	return err;
}

/* Gives back the snapshot of a descriptor that is closed. */
void symidx_snapshot_release(struct symidx_file *file)
{
	if (file->hold)
		symidx_hold_put(file->hold);
}

static void symidx_vma_open(struct vm_area_struct *vma)
{
	symidx_hold_get(vma->vm_private_data);
}

static void symidx_vma_close(struct vm_area_struct *vma)
{
	symidx_hold_put(vma->vm_private_data);
}

/* All pages are there from the start: no fault is to be served. */
static const struct vm_operations_struct symidx_vm_ops = {
	.open = symidx_vma_open,
	.close = symidx_vma_close,
};

static int symidx_hold_map(struct symidx_hold *hold, struct vm_area_struct *vma)
{
	struct symidx_snapshot *snapshot = hold->snapshot;
	int err;

	if (vma_pages(vma) > snapshot->page_count)
		return -EINVAL;
	err = vm_map_pages(vma, snapshot->pages, snapshot->page_count);
	if (err)
		return err;
	symidx_hold_get(hold);
	vma->vm_private_data = hold;
	vma->vm_ops = &symidx_vm_ops;
	return 0;
}

int symidx_snapshot_mmap(struct symidx_file *file, struct vm_area_struct *vma)
{
	int err;

	if (vma->vm_flags & VM_WRITE)
		return -EACCES;
	if (vma->vm_pgoff)
		return -EINVAL;
	err = mutex_lock_interruptible(&file->mutex);
	if (err)
		return err;
	if (!file->hold)
		err = symidx_file_take(file);
	if (!err)
		err = symidx_hold_map(file->hold, vma);
	mutex_unlock(&file->mutex);
	return err;
}
