// SPDX-License-Identifier: GPL-2.0-only
/* SYMBOL_INDEX_IOC_LOOKUP and SYMBOL_INDEX_IOC_LIST: symbols as records. */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/symbol_index.h>
#include <linux/uaccess.h>
#include "cdev.h"
#include "generation.h"
#include "hash.h"
#include "order.h"
#include "run.h"

/* The most that one call returns, unless a single name needs more. */
#define SYMIDX_ANSWER_MAX	(64U << 10)

/**
 * struct symidx_answer - records for the caller
 * @file: decides about addresses
 * @buf: the records
 * @size: bytes there
 * @used: bytes taken by whole names
 * @count: records that they hold
 * @pending: bytes after @used, taken by records of the name at hand; may exceed
 *	what fits
 * @pending_count: records that they hold
 * @name: the name at hand, NULL before the first
 */
struct symidx_answer {
	const struct symidx_file *file;
	void *buf;
	u32 size;
	u32 used;
	u32 count;
	u32 pending;
	u32 pending_count;
	const char *name;
};

static u32 symidx_put_string(struct symbol_index_record *record, u32 offset, const char *string,
			     size_t size)
{
	memcpy((void *)record + offset, string, size);
	return offset + size;
}

/* Appends a record to the name at hand. Counts it even if it does not fit. */
static void symidx_answer_record(struct symidx_answer *answer, const struct symidx_entry *entry)
{
	struct symbol_index_record *record = answer->buf + answer->used + answer->pending;
	size_t name_size, owner_size, name_space_size;
	struct symbol_index_symbol sym;
	u32 size, end;

	symidx_describe(entry, &sym);
	name_size = strlen(sym.name) + 1;
	owner_size = strlen(sym.owner_name) + 1;
	name_space_size = strlen(sym.name_space) + 1;
	end = sizeof(*record) + name_size + owner_size + name_space_size;
	size = ALIGN(end, 8);

	if (answer->used + answer->pending + size <= answer->size) {
		memset(record, 0, sizeof(*record));
		record->record_size = size;
		record->flags = (sym.gpl_only ? SYMBOL_INDEX_RECORD_GPL_ONLY : 0) |
				(sym.has_crc ? SYMBOL_INDEX_RECORD_CRC : 0) |
				(sym.owner ? SYMBOL_INDEX_RECORD_MODULE : 0);
		if (answer->file->show_addresses) {
			record->flags |= SYMBOL_INDEX_RECORD_ADDRESS;
			record->address = sym.value;
		}
		record->crc = sym.crc;
		record->name_offset = sizeof(*record);
		record->owner_offset = symidx_put_string(record, record->name_offset, sym.name,
							 name_size);
		record->namespace_offset = symidx_put_string(record, record->owner_offset,
							     sym.owner_name, owner_size);
		symidx_put_string(record, record->namespace_offset, sym.name_space,
				  name_space_size);
		memset((void *)record + end, 0, size - end);
	}
	answer->pending += size;
	answer->pending_count++;
}

/* Ends the name at hand. Returns whether its records fit. */
static bool symidx_answer_commit(struct symidx_answer *answer)
{
	if (answer->used + answer->pending > answer->size)
		return false;
	answer->used += answer->pending;
	answer->count += answer->pending_count;
	answer->pending = 0;
	answer->pending_count = 0;
	return true;
}

/*
 * Copies a string of the caller. Returns NULL if there is none, or ERR_PTR(-ENAMETOOLONG),
 * -EFAULT or -ENOMEM.
 */
static char *symidx_user_string(u64 pointer, size_t max)
{
	char *string;

	if (!pointer)
		return NULL;
	string = strndup_user(u64_to_user_ptr(pointer), max);
	return string == ERR_PTR(-EINVAL) ? ERR_PTR(-ENAMETOOLONG) : string;
}

static int symidx_answer_copy(const struct symidx_answer *answer, u64 user)
{
	return copy_to_user(u64_to_user_ptr(user), answer->buf, answer->used) ? -EFAULT : 0;
}

/* Fills in one record. Returns 0, -ENOENT, or -EMSGSIZE with its size in answer->pending. */
static int symidx_lookup_fill(struct symidx_answer *answer, const char *name,
			      unsigned long *generation)
{
	const struct symidx_entry *entry;
	int err = -ENOENT;

	rcu_read_lock();
	*generation = symidx_generation();
	entry = symidx_hash_find(name, true);
	if (entry) {
		symidx_answer_record(answer, entry);
		err = symidx_answer_commit(answer) ? 0 : -EMSGSIZE;
	}
	rcu_read_unlock();
	return err;
}

int symidx_ioctl_lookup(struct waymark_ioctl_call *call)
{
	struct symbol_index_lookup *lookup = call->arg;
	struct symidx_answer answer = { .file = call->file->private_data };
	unsigned long generation = 0;
	char *name;
	int err;

	if (!lookup->name)
		return -EINVAL;
	name = symidx_user_string(lookup->name, SYMBOL_INDEX_NAME_MAX);
	if (IS_ERR(name))
		return PTR_ERR(name);
	if (!*name) {
		kfree(name);
		return -EINVAL;
	}
	answer.size = min(lookup->buffer_size, SYMIDX_ANSWER_MAX);
	answer.buf = kvmalloc(answer.size, GFP_KERNEL_ACCOUNT);
	if (answer.buf)
		err = symidx_lookup_fill(&answer, name, &generation);
	else
		err = -ENOMEM;
	if (!err)
		err = symidx_answer_copy(&answer, lookup->buffer);
	kvfree(answer.buf);
	kfree(name);
	lookup->length = err == -EMSGSIZE ? answer.pending : answer.used;
	lookup->generation = generation;
	return err;
}

/*
 * Fills in as many whole names as fit. Returns 0, or -EMSGSIZE with the size of the first
 * one in answer->pending.
 */
static int symidx_list_fill(struct symidx_answer *answer, struct symidx_merge *merge, bool *more)
{
	const struct symidx_entry *entry;
	const char *name;

	*more = false;
	while ((entry = symidx_merge_next(merge))) {
		name = symidx_name(entry);
		if (answer->name && strcmp(name, answer->name) && !symidx_answer_commit(answer))
			goto full;
		answer->name = name;
		symidx_answer_record(answer, entry);
	}
	if (symidx_answer_commit(answer))
		return 0;
full:
	*more = true;
	return answer->count ? 0 : -EMSGSIZE;
}

static int symidx_list_answer(struct symidx_file *file, struct symbol_index_list *list,
			      const struct symbol_index_query *query)
{
	u32 limit = SYMIDX_ANSWER_MAX;
	struct symidx_merge merge;
	bool more = false;
	int err;

	do {
		struct symidx_answer answer = {
			.file = file,
			.size = min(list->buffer_size, limit),
		};

		answer.buf = kvmalloc(answer.size, GFP_KERNEL_ACCOUNT);
		if (!answer.buf)
			return -ENOMEM;
		err = symidx_merge_begin(&merge, query);
		if (!err) {
			list->generation = symidx_generation();
			err = symidx_list_fill(&answer, &merge, &more);
			symidx_merge_end(&merge);
		}
		if (!err)
			err = symidx_answer_copy(&answer, list->buffer);
		kvfree(answer.buf);
		if (err == -EMSGSIZE && answer.pending <= list->buffer_size) {
			/* It was our limit, not the caller's. */
			limit = answer.pending;
			continue;
		}
		list->length = err == -EMSGSIZE ? answer.pending : answer.used;
		list->count = answer.count;
		break;
	} while (true);
	list->status = more ? SYMBOL_INDEX_LIST_MORE : 0;
	return err;
}

int symidx_ioctl_list(struct waymark_ioctl_call *call)
{
	struct symbol_index_list *list = call->arg;
	struct symbol_index_query query = {};
	char *prefix, *owner, *after;
	int err;

	prefix = symidx_user_string(list->prefix, SYMBOL_INDEX_NAME_MAX);
	if (IS_ERR(prefix))
		return PTR_ERR(prefix);
	owner = symidx_user_string(list->owner, SYMBOL_INDEX_OWNER_MAX);
	if (IS_ERR(owner)) {
		err = PTR_ERR(owner);
		goto free_prefix;
	}
	after = symidx_user_string(list->after, SYMBOL_INDEX_CURSOR_MAX);
	if (IS_ERR(after)) {
		err = PTR_ERR(after);
		goto free_owner;
	}
	query.prefix = prefix;
	query.owner = owner;
	query.after = after;
	err = symidx_list_answer(call->file->private_data, list, &query);
	kfree(after);
free_owner:
	kfree(owner);
free_prefix:
	kfree(prefix);
	return err;
}
