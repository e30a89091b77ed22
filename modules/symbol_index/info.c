// SPDX-License-Identifier: GPL-2.0-only
/* SYMBOL_INDEX_IOC_INFO, and the build id of the running kernel. */
#include <linux/kernel.h>
#include <linux/elf.h>
#include <linux/string.h>
#include "cdev.h"
#include "index.h"

#define SYMIDX_NOTE_BUILD_ID	3	/* NT_GNU_BUILD_ID */

static u8 symidx_build_id_bytes[SYMBOL_INDEX_BUILD_ID_MAX];
static unsigned int symidx_build_id_size;

/* Finds the build id in the ELF notes of the kernel image. */
void symidx_build_id_init(const void *notes, size_t size)
{
	const void *end = notes + size;
	const struct elf32_note *note;
	const void *name, *desc;

	for (note = notes; (void *)(note + 1) <= end; note = desc + ALIGN(note->n_descsz, 4)) {
		name = note + 1;
		desc = name + ALIGN(note->n_namesz, 4);
		if (desc > end || note->n_descsz > end - desc)
			return;
		if (note->n_type != SYMIDX_NOTE_BUILD_ID || note->n_namesz != sizeof("GNU") ||
		    memcmp(name, "GNU", sizeof("GNU")))
			continue;
		symidx_build_id_size = min_t(u32, note->n_descsz, sizeof(symidx_build_id_bytes));
		memcpy(symidx_build_id_bytes, desc, symidx_build_id_size);
		return;
	}
}

/* Its size, 0 for none. */
unsigned int symidx_build_id(const u8 **id)
{
	*id = symidx_build_id_bytes;
	return symidx_build_id_size;
}

int symidx_ioctl_info(struct waymark_ioctl_call *call)
{
	struct symidx_file *file = call->file->private_data;
	struct symbol_index_info *info = call->arg;
	struct symidx_cost cost;

	memset((void *)info + offsetof(struct symbol_index_info, generation), 0,
	       sizeof(*info) - offsetof(struct symbol_index_info, generation));
	mutex_lock(&symidx_mutex);
	info->generation = symbol_index_generation();
	cost = symidx_cost;
	info->memory = symidx_entries_memory() + symidx_hash_memory() +
		       (cost.owners + 1) * sizeof(struct symidx_run);
	mutex_unlock(&symidx_mutex);

	info->kernel_symbols = cost.kernel_symbols;
	info->module_symbols = cost.module_symbols;
	info->owners = cost.owners;
	info->unindexed = cost.unindexed;
	info->build_ns = cost.build_ns;
	info->updates = cost.updates;
	info->update_symbols = cost.update_symbols;
	info->update_ns = cost.update_ns;
	info->update_max_ns = cost.update_max_ns;
	info->origin = cost.adopted ? SYMBOL_INDEX_ORIGIN_ADOPTED : SYMBOL_INDEX_ORIGIN_SORTED;
	if (IS_ENABLED(CONFIG_MODVERSIONS))
		info->capabilities |= SYMBOL_INDEX_CAP_CRC;
	info->capabilities |= SYMBOL_INDEX_CAP_SNAPSHOT;
	if (file->show_addresses)
		info->capabilities |= SYMBOL_INDEX_CAP_ADDRESS;
	info->build_id_size = symidx_build_id_size;
	memcpy(info->build_id, symidx_build_id_bytes, symidx_build_id_size);
	WRITE_ONCE(file->seen, info->generation);
	return 0;
}
