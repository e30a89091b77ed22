// SPDX-License-Identifier: GPL-2.0-only
/* SYMBOL_INDEX_IOC_INFO */
#include <linux/kernel.h>
#include <linux/string.h>
#include "cdev.h"
#include "hash.h"
#include "index.h"
#include "running.h"
#include "upkeep.h"

int symidx_ioctl_info(struct waymark_ioctl_call *call)
{
	struct symidx_file *file = call->file->private_data;
	struct symbol_index_info *info = call->arg;
	struct symidx_cost cost;
	const u8 *build_id;

	memset((void *)info + offsetof(struct symbol_index_info, generation), 0,
	       sizeof(*info) - offsetof(struct symbol_index_info, generation));
	info->generation = symidx_cost_read(&cost);
	info->memory = symidx_entries_memory() + symidx_hash_memory() +
		       (cost.owners + 1) * sizeof(struct symidx_run);
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
	info->build_id_size = symidx_build_id(&build_id);
	memcpy(info->build_id, build_id, info->build_id_size);
	WRITE_ONCE(file->seen, info->generation);
	return 0;
}
