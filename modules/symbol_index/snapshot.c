// SPDX-License-Identifier: GPL-2.0-only
/*
 * The index as one piece of memory in the symbol index format, for mmap().
 *
 * A snapshot never changes. Those who ask while the index stays the same, and
 * have the same right to see addresses, share one.
 */
#include <linux/crc32.h>
#include <linux/elf.h>
#include <linux/kref.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/utsname.h>
#include <linux/vmalloc.h>
#include <asm/elf.h>
#include <uapi/linux/symbol_index_format.h>
#include "compat/slab.h"
#include "cdev.h"
#include "index.h"
#include "name.h"
#include "snapshot.h"

static_assert(sizeof(struct symbol_index_format_header) == 256);
static_assert(sizeof(struct symbol_index_format_module) == 24);
static_assert(sizeof(struct symbol_index_format_symbol) == 20);
static_assert(SYMBOL_INDEX_BUILD_ID_MAX <= SYMBOL_INDEX_FORMAT_BUILD_ID_MAX);

/* The newest, without and with addresses, as long as anybody holds it; symidx_mutex. */
static struct symidx_snapshot *symidx_newest[2];

/**
 * struct symidx_writer - a snapshot being filled
 * @base: the memory
 * @strings: end of the strings so far
 * @spaces: strings of namespaces written so far, by hash; a collision only
 *	costs a second copy
 * @modules: where owners go
 * @symbols: where symbols go
 * @slots: where the hash table is
 * @values: where addresses go, NULL if they are hidden
 * @slot_mask: number of slots minus one
 */
struct symidx_writer {
	void *base;
	u32 strings;
	u32 spaces[64];
	struct symbol_index_format_module *modules;
	struct symbol_index_format_symbol *symbols;
	__le32 *slots;
	__le64 *values;
	u32 slot_mask;
};

static struct symbol_index_format_header *symidx_header(const struct symidx_writer *writer)
{
	return writer->base;
}

static void *symidx_section(const struct symidx_writer *writer, unsigned int id)
{
	return writer->base + le64_to_cpu(symidx_header(writer)->section[id].offset);
}

static __le32 symidx_write_string(struct symidx_writer *writer, const char *string)
{
	char *strings = symidx_section(writer, SYMBOL_INDEX_FORMAT_STRINGS);
	size_t size = strlen(string) + 1;
	u32 at = writer->strings;

	if (size == 1)
		return 0;
	memcpy(strings + at, string, size);
	writer->strings += size;
	return cpu_to_le32(at);
}

static __le32 symidx_write_name_space(struct symidx_writer *writer, const char *name_space)
{
	const char *strings = symidx_section(writer, SYMBOL_INDEX_FORMAT_STRINGS);
	u32 *cached;

	if (!*name_space)
		return 0;
	cached = &writer->spaces[symidx_format_hash(name_space) % ARRAY_SIZE(writer->spaces)];
	if (!*cached || strcmp(strings + *cached, name_space))
		*cached = le32_to_cpu(symidx_write_string(writer, name_space));
	return cpu_to_le32(*cached);
}

/* Lays out the sections; fills in the header as far as it is known. Returns the size. */
static size_t symidx_layout(struct symbol_index_format_header *header, const u32 *counts)
{
	static const u8 sizes[] = { 1, 24, 20, 4, 4, 8 };
	size_t end = sizeof(*header);
	unsigned int i;

	for (i = 0; i < SYMBOL_INDEX_FORMAT_NR_SECTIONS; i++) {
		header->section[i].entry_size = cpu_to_le32(sizes[i]);
		if (!counts[i])
			continue;
		end = ALIGN(end, 8);
		header->section[i].offset = cpu_to_le64(end);
		header->section[i].count = cpu_to_le32(counts[i]);
		end += (size_t)counts[i] * sizes[i];
	}
	header->size = cpu_to_le64(end);
	return end;
}

/* How many entries each section takes. Under symidx_mutex, which keeps it so. */
static void symidx_count_sections(u32 *counts, bool show_addresses)
{
	u64 strings = 1 + strlen(init_utsname()->release) + 1 + strlen(symidx_vermagic()) + 1;
	struct symbol_index_symbol sym;
	struct symidx_run *run;
	u32 symbols = 0, runs = 0, i;

	list_for_each_entry(run, &symidx_runs, node) {
		strings += strlen(symidx_owner_name(run)) + 1;
		run->position = runs++;
		symbols += run->count;
		for (i = 0; i < run->count; i++) {
			symidx_describe(symidx_entry(run->first + i), &sym);
			strings += strlen(sym.name) + 1 + strlen(sym.name_space) + 1;
		}
	}
	memset(counts, 0, SYMBOL_INDEX_FORMAT_NR_SECTIONS * sizeof(*counts));
	counts[SYMBOL_INDEX_FORMAT_STRINGS] = strings;
	counts[SYMBOL_INDEX_FORMAT_MODULES] = runs;
	counts[SYMBOL_INDEX_FORMAT_SYMBOLS] = symbols;
	counts[SYMBOL_INDEX_FORMAT_SLOTS] = roundup_pow_of_two(symbols + symbols / 3 + 1);
	counts[SYMBOL_INDEX_FORMAT_VALUES] = show_addresses ? symbols : 0;
}

static void symidx_write_slot(struct symidx_writer *writer, u32 hash, u32 position)
{
	u32 mask = writer->slot_mask, at = hash & mask;

	while (writer->slots[at])
		at = (at + 1) & mask;
	writer->slots[at] = cpu_to_le32((hash & ~mask) | (position + 1));
}

/* Writes the symbols in name order; the addresses beside them. */
static int symidx_write_symbols(struct symidx_writer *writer)
{
	static const struct symbol_index_query all;
	const struct symidx_entry *entry;
	struct symbol_index_format_symbol *out;
	struct symbol_index_symbol sym;
	const char *last = NULL;
	struct symidx_merge merge;
	u32 position = 0;
	int err;

	err = symidx_merge_begin(&merge, &all);
	if (err)
		return err;
	while ((entry = symidx_merge_next(&merge))) {
		symidx_describe(entry, &sym);
		out = &writer->symbols[position];
		out->name = symidx_write_string(writer, sym.name);
		out->crc = cpu_to_le32(sym.crc);
		out->owner = cpu_to_le32(entry->run->position);
		out->name_space = symidx_write_name_space(writer, sym.name_space);
		out->name_length = cpu_to_le16(strlen(sym.name));
		out->flags = cpu_to_le16((sym.gpl_only ? SYMBOL_INDEX_FORMAT_SYMBOL_GPL : 0) |
					 (sym.has_crc ? SYMBOL_INDEX_FORMAT_SYMBOL_CRC : 0));
		if (writer->values)
			writer->values[position] = cpu_to_le64(sym.value);
		if (!last || strcmp(last, sym.name))
			symidx_write_slot(writer, symidx_format_hash(sym.name), position);
		last = sym.name;
		position++;
	}
	symidx_merge_end(&merge);
	return 0;
}

static void symidx_write_modules(struct symidx_writer *writer)
{
	struct symidx_run *run;

	list_for_each_entry(run, &symidx_runs, node)
		writer->modules[run->position].name =
			symidx_write_string(writer, symidx_owner_name(run));
}

static void symidx_write_header(struct symidx_writer *writer)
{
	struct symbol_index_format_header *header = symidx_header(writer);
	u32 flags = SYMBOL_INDEX_FORMAT_SNAPSHOT;
	const u8 *build_id;

	if (IS_ENABLED(CONFIG_MODVERSIONS))
		flags |= SYMBOL_INDEX_FORMAT_MODVERSIONS;
	memcpy(header->magic, SYMBOL_INDEX_FORMAT_MAGIC, SYMBOL_INDEX_FORMAT_MAGIC_SIZE);
	header->version = cpu_to_le32(SYMBOL_INDEX_FORMAT_VERSION);
	header->header_size = cpu_to_le32(sizeof(*header));
	header->flags = cpu_to_le32(flags);
	header->generation = cpu_to_le64(symbol_index_generation());
	header->build_id_size = cpu_to_le32(symidx_build_id(&build_id));
	memcpy(header->build_id, build_id, SYMBOL_INDEX_BUILD_ID_MAX);
	header->release = symidx_write_string(writer, init_utsname()->release);
	header->vermagic = symidx_write_string(writer, symidx_vermagic());
	header->machine = cpu_to_le32(ELF_ARCH);
	header->module_size = cpu_to_le32(sizeof(struct module));
}

static void symidx_write_checksum(void *base, size_t size)
{
	struct symbol_index_format_header *header = base;
	size_t from = offsetofend(struct symbol_index_format_header, checksum);

	header->checksum = cpu_to_le32(~crc32_le(~0U, base + from, size - from));
}

static struct symidx_snapshot *symidx_snapshot_build(bool show_addresses)
{
	u32 counts[SYMBOL_INDEX_FORMAT_NR_SECTIONS];
	struct symbol_index_format_header header = {};
	struct symidx_snapshot *snapshot;
	struct symidx_writer *writer;
	int err = -ENOMEM;

	symidx_count_sections(counts, show_addresses);
	snapshot = compat_kzalloc_obj(*snapshot, GFP_KERNEL);
	writer = compat_kzalloc_obj(*writer, GFP_KERNEL);
	if (!snapshot || !writer)
		goto err_free;
	kref_init(&snapshot->ref);
	snapshot->generation = symbol_index_generation();
	snapshot->size = symidx_layout(&header, counts);
	/* Zeroed: gaps and reserved fields are. */
	snapshot->base = vmalloc_user(snapshot->size);
	if (!snapshot->base)
		goto err_free;
	memcpy(snapshot->base, &header, sizeof(header));

	writer->base = snapshot->base;
	writer->strings = 1;
	writer->modules = symidx_section(writer, SYMBOL_INDEX_FORMAT_MODULES);
	writer->symbols = symidx_section(writer, SYMBOL_INDEX_FORMAT_SYMBOLS);
	writer->slots = symidx_section(writer, SYMBOL_INDEX_FORMAT_SLOTS);
	writer->slot_mask = counts[SYMBOL_INDEX_FORMAT_SLOTS] - 1;
	if (show_addresses)
		writer->values = symidx_section(writer, SYMBOL_INDEX_FORMAT_VALUES);
	err = symidx_write_symbols(writer);
	if (err)
		goto err_free_base;
	symidx_write_modules(writer);
	symidx_write_header(writer);
	kfree(writer);
	symidx_write_checksum(snapshot->base, snapshot->size);
	return snapshot;

err_free_base:
	vfree(snapshot->base);
err_free:
	kfree(writer);
	kfree(snapshot);
	return ERR_PTR(err);
}

/**
 * symidx_snapshot_get() - the index as it is now
 * @show_addresses: with addresses
 *
 * Context: may sleep.
 * Return: a snapshot, to be given back by symidx_snapshot_put(), or
 * ERR_PTR(-ENOMEM).
 */
struct symidx_snapshot *symidx_snapshot_get(bool show_addresses)
{
	struct symidx_snapshot **newest = &symidx_newest[show_addresses];
	struct symidx_snapshot *snapshot;

	mutex_lock(&symidx_mutex);
	snapshot = *newest;
	if (snapshot && snapshot->generation == symbol_index_generation()) {
		kref_get(&snapshot->ref);
	} else {
		snapshot = symidx_snapshot_build(show_addresses);
		if (!IS_ERR(snapshot))
			*newest = snapshot;
	}
	mutex_unlock(&symidx_mutex);
	return snapshot;
}

/* With symidx_mutex held, which it releases: nobody can find the snapshot any more. */
static void symidx_snapshot_free(struct kref *ref)
{
	struct symidx_snapshot *snapshot = container_of(ref, struct symidx_snapshot, ref);
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(symidx_newest); i++)
		if (symidx_newest[i] == snapshot)
			symidx_newest[i] = NULL;
	mutex_unlock(&symidx_mutex);
	/* Pages that are still mapped stay until they are unmapped. */
	vfree(snapshot->base);
	kfree(snapshot);
}

/* Gives a snapshot back; NULL is fine. May sleep. */
void symidx_snapshot_put(struct symidx_snapshot *snapshot)
{
	if (snapshot)
		kref_put_mutex(&snapshot->ref, symidx_snapshot_free, &symidx_mutex);
}

/* Replaces the snapshot of a descriptor. Under file->mutex. */
static int symidx_snapshot_take(struct symidx_file *file)
{
	struct symidx_snapshot *snapshot = symidx_snapshot_get(file->show_addresses);

	if (IS_ERR(snapshot))
		return PTR_ERR(snapshot);
	symidx_snapshot_put(file->snapshot);
	file->snapshot = snapshot;
	return 0;
}

int symidx_ioctl_snapshot(struct waymark_ioctl_call *call)
{
	struct symidx_file *file = call->file->private_data;
	struct symbol_index_snapshot *reply = call->arg;
	int err;

	mutex_lock(&file->mutex);
	err = symidx_snapshot_take(file);
	if (!err) {
		reply->snapshot_size = file->snapshot->size;
		reply->generation = file->snapshot->generation;
	}
	mutex_unlock(&file->mutex);
	return err;
}

int symidx_snapshot_mmap(struct symidx_file *file, struct vm_area_struct *vma)
{
	int err = 0;

	if (vma->vm_flags & VM_WRITE)
		return -EACCES;
	if (vma->vm_pgoff)
		return -EINVAL;
	mutex_lock(&file->mutex);
	if (!file->snapshot)
		err = symidx_snapshot_take(file);
	if (!err)
		err = remap_vmalloc_range(vma, file->snapshot->base, 0);
	mutex_unlock(&file->mutex);
	return err;
}
