// SPDX-License-Identifier: GPL-2.0-only
/*
 * Builds a snapshot of the index, piece by piece: a piece is an RCU read-side critical section,
 * between two of them the reader can be scheduled away. No lock is held. If the index
 * changes meanwhile, what was written is dropped (-EAGAIN). Every write is checked against the
 * room that was counted, as a piece can see a change before it can know of it.
 */
#include <linux/crc32.h>
#include <linux/elf.h>
#include <linux/err.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/rculist.h>
#include <linux/sched/signal.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <linux/symbol_index.h>
#include <linux/vmalloc.h>
#include <asm/elf.h>
#include <uapi/linux/symbol_index.h>
#include <uapi/linux/symbol_index_format.h>
#include "compat/lockdep.h"
#include "compat/page_account.h"
#include "compat/slab.h"
#include "generation.h"
#include "name.h"
#include "order.h"
#include "run.h"
#include "running.h"
#include "snapshot.h"

/* Symbols of a piece, and bytes that are checksummed at a time. */
#define SYMIDX_PIECE_SYMBOLS	1024
#define SYMIDX_PIECE_BYTES	(64U << 10)

static_assert(sizeof(struct symbol_index_format_header) == 256);
static_assert(sizeof(struct symbol_index_format_module) == 24);
static_assert(sizeof(struct symbol_index_format_symbol) == 20);
static_assert(SYMBOL_INDEX_BUILD_ID_MAX <= SYMBOL_INDEX_FORMAT_BUILD_ID_MAX);

/**
 * struct symidx_builder - a snapshot being built
 * @view: of the index, see symidx_view_begin()
 * @generation: of the index
 * @base: the memory of the snapshot
 * @counts: number of entries of each section
 * @strings: bytes of strings written so far
 * @spaces: strings of namespaces written so far, by hash; a collision only costs a second
 *	copy
 * @position: number of symbols written so far
 * @last: the last name written, NULL before the first
 */
struct symidx_builder {
	unsigned int view;
	unsigned long generation;
	void *base;
	u32 counts[SYMBOL_INDEX_FORMAT_NR_SECTIONS];
	u32 strings;
	u32 spaces[64];
	u32 position;
	const char *last;
};

/* Between two pieces. */
static int symidx_builder_pause(const struct symidx_builder *builder)
{
	/* The mutex would keep modules from loading while we sleep. */
	compat_lockdep_assert_not_held(&symidx_mutex);
	if (symidx_view_changed(builder->view))
		return -EAGAIN;
	if (fatal_signal_pending(current))
		return -EINTR;
	cond_resched();
	return 0;
}

static struct symbol_index_format_header *symidx_header(const struct symidx_builder *builder)
{
	return builder->base;
}

static void *symidx_section(const struct symidx_builder *builder, unsigned int id)
{
	return builder->base + le64_to_cpu(symidx_header(builder)->section[id].offset);
}

/*
 * Counts the strings of a piece, from symbol *@at of run number *@number on. Returns whether
 * symbols are left.
 */
static bool symidx_count_piece(u64 *strings, u32 *number, u32 *at, u32 *symbols)
{
	const struct compat_kernel_symbol *sym;
	u32 budget = SYMIDX_PIECE_SYMBOLS, i = 0;
	struct symidx_run *run;

	list_for_each_entry_rcu(run, &symidx_runs, node) {
		if (i++ < *number)
			continue;
		for (; *at < run->count; ++*at, ++*symbols) {
			if (!budget--)
				return true;
			sym = symidx_entry(run->first + *at)->sym;
			*strings += strlen(compat_symbol_name(sym)) + 1;
			*strings += strlen(compat_symbol_name_space(sym)) + 1;
		}
		*strings += strlen(symidx_owner_name(run)) + 1;
		*at = 0;
		++*number;
	}
	return false;
}

/* Counts the entries of each section. */
static int symidx_count_sections(struct symidx_builder *builder, bool show_addresses)
{
	u64 strings = 1 + strlen(symidx_release()) + 1 + strlen(symidx_vermagic()) + 1;
	u32 runs = 0, at = 0, symbols = 0, *counts = builder->counts;
	bool more;
	int err;

	do {
		rcu_read_lock();
		more = symidx_count_piece(&strings, &runs, &at, &symbols);
		rcu_read_unlock();
		err = symidx_builder_pause(builder);
		if (err)
			return err;
	} while (more);
	counts[SYMBOL_INDEX_FORMAT_STRINGS] = strings;
	counts[SYMBOL_INDEX_FORMAT_MODULES] = runs;
	counts[SYMBOL_INDEX_FORMAT_SYMBOLS] = symbols;
	counts[SYMBOL_INDEX_FORMAT_SLOTS] = roundup_pow_of_two(symbols + symbols / 3 + 1);
	counts[SYMBOL_INDEX_FORMAT_VALUES] = show_addresses ? symbols : 0;
	return 0;
}

/* Lays out the sections in the header. Returns the size of the whole. */
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

/* Appends a string, and stores where it is in @at. False if there is no room. */
static bool symidx_write_string(struct symidx_builder *builder, const char *string, __le32 *at)
{
	char *strings = symidx_section(builder, SYMBOL_INDEX_FORMAT_STRINGS);
	size_t size = strlen(string) + 1;

	*at = 0;
	if (size == 1)
		return true;
	if (size > builder->counts[SYMBOL_INDEX_FORMAT_STRINGS] - builder->strings)
		return false;
	memcpy(strings + builder->strings, string, size);
	*at = cpu_to_le32(builder->strings);
	builder->strings += size;
	return true;
}

static bool symidx_write_name_space(struct symidx_builder *builder, const char *name_space,
				    __le32 *at)
{
	const char *strings = symidx_section(builder, SYMBOL_INDEX_FORMAT_STRINGS);
	u32 *cached;

	*at = 0;
	if (!*name_space)
		return true;
	cached = &builder->spaces[symidx_format_hash(name_space) % ARRAY_SIZE(builder->spaces)];
	if (!*cached || strcmp(strings + *cached, name_space)) {
		if (!symidx_write_string(builder, name_space, at))
			return false;
		*cached = le32_to_cpu(*at);
	}
	*at = cpu_to_le32(*cached);
	return true;
}

/* There is a slot: as many names as symbols fill three quarters of them. */
static void symidx_write_slot(struct symidx_builder *builder, u32 hash, u32 position)
{
	__le32 *slots = symidx_section(builder, SYMBOL_INDEX_FORMAT_SLOTS);
	u32 mask = builder->counts[SYMBOL_INDEX_FORMAT_SLOTS] - 1, at = hash & mask;

	while (slots[at])
		at = (at + 1) & mask;
	slots[at] = cpu_to_le32((hash & ~mask) | (position + 1));
}

/* Writes a symbol. False if there is no room for it. */
static bool symidx_write_symbol(struct symidx_builder *builder, const struct symidx_entry *entry,
				u32 owner)
{
	struct symbol_index_format_symbol *out;
	struct symbol_index_symbol sym;
	u32 position = builder->position;
	__le64 *values;

	if (position == builder->counts[SYMBOL_INDEX_FORMAT_SYMBOLS] ||
	    owner >= builder->counts[SYMBOL_INDEX_FORMAT_MODULES])
		return false;
	symidx_describe(entry, &sym);
	out = symidx_section(builder, SYMBOL_INDEX_FORMAT_SYMBOLS);
	out += position;
	if (!symidx_write_string(builder, sym.name, &out->name) ||
	    !symidx_write_name_space(builder, sym.name_space, &out->name_space))
		return false;
	out->crc = cpu_to_le32(sym.crc);
	out->owner = cpu_to_le32(owner);
	out->name_length = cpu_to_le16(strlen(sym.name));
	out->flags = cpu_to_le16((sym.gpl_only ? SYMBOL_INDEX_FORMAT_SYMBOL_GPL : 0) |
				 (sym.has_crc ? SYMBOL_INDEX_FORMAT_SYMBOL_CRC : 0));
	if (builder->counts[SYMBOL_INDEX_FORMAT_VALUES]) {
		values = symidx_section(builder, SYMBOL_INDEX_FORMAT_VALUES);
		values[position] = cpu_to_le64(sym.value);
	}
	if (!builder->last || strcmp(builder->last, sym.name))
		symidx_write_slot(builder, symidx_format_hash(sym.name), position);
	/* The copy stays when the symbol goes. */
	builder->last = symidx_section(builder, SYMBOL_INDEX_FORMAT_STRINGS) +
			le32_to_cpu(out->name);
	builder->position++;
	return true;
}

/*
 * Writes a piece of the symbols, in name order. It ends between two names, as the next one
 * begins behind the last name. Returns 1 if symbols are left, 0 if not, or -EAGAIN.
 */
static int symidx_write_piece(struct symidx_builder *builder, struct symidx_merge *merge)
{
	u32 end = builder->position + SYMIDX_PIECE_SYMBOLS;
	const struct symidx_entry *entry;

	while ((entry = symidx_merge_next(merge))) {
		if (builder->position >= end && strcmp(builder->last, symidx_name(entry)))
			return 1;
		if (!symidx_write_symbol(builder, entry, merge->last_order))
			return -EAGAIN;
	}
	return 0;
}

static int symidx_write_symbols(struct symidx_builder *builder)
{
	struct symbol_index_query query = {};
	struct symidx_merge merge;
	int more, err;

	do {
		query.after = builder->last;
		err = symidx_merge_begin(&merge, &query);
		if (err)
			return err;
		more = symidx_write_piece(builder, &merge);
		symidx_merge_end(&merge);
		if (more < 0)
			return more;
		err = symidx_builder_pause(builder);
		if (err)
			return err;
	} while (more);
	return 0;
}

static bool symidx_write_modules(struct symidx_builder *builder)
{
	struct symbol_index_format_module *out =
		symidx_section(builder, SYMBOL_INDEX_FORMAT_MODULES);
	struct symidx_run *run;
	bool room = true;
	u32 i = 0;

	rcu_read_lock();
	list_for_each_entry_rcu(run, &symidx_runs, node) {
		room = i < builder->counts[SYMBOL_INDEX_FORMAT_MODULES] &&
		       symidx_write_string(builder, symidx_owner_name(run), &out[i].name);
		if (!room)
			break;
		i++;
	}
	rcu_read_unlock();
	return room;
}

static bool symidx_write_header(struct symidx_builder *builder)
{
	struct symbol_index_format_header *header = symidx_header(builder);
	u32 flags = SYMBOL_INDEX_FORMAT_SNAPSHOT;
	const u8 *build_id;

	if (IS_ENABLED(CONFIG_MODVERSIONS))
		flags |= SYMBOL_INDEX_FORMAT_MODVERSIONS;
	memcpy(header->magic, SYMBOL_INDEX_FORMAT_MAGIC, SYMBOL_INDEX_FORMAT_MAGIC_SIZE);
	header->version = cpu_to_le32(SYMBOL_INDEX_FORMAT_VERSION);
	header->header_size = cpu_to_le32(sizeof(*header));
	header->flags = cpu_to_le32(flags);
	header->generation = cpu_to_le64(builder->generation);
	header->build_id_size = cpu_to_le32(symidx_build_id(&build_id));
	memcpy(header->build_id, build_id, SYMBOL_INDEX_BUILD_ID_MAX);
	header->machine = cpu_to_le32(ELF_ARCH);
	header->module_size = cpu_to_le32(sizeof(struct module));
	return symidx_write_string(builder, symidx_release(), &header->release) &&
	       symidx_write_string(builder, symidx_vermagic(), &header->vermagic);
}

static void symidx_write_checksum(void *base, size_t size)
{
	struct symbol_index_format_header *header = base;
	size_t at = offsetofend(struct symbol_index_format_header, checksum), piece;
	u32 crc = ~0U;

	for (; at < size; at += piece) {
		piece = min_t(size_t, size - at, SYMIDX_PIECE_BYTES);
		crc = crc32_le(crc, base + at, piece);
		cond_resched();
	}
	header->checksum = cpu_to_le32(~crc);
}

/* Frees a snapshot that nobody holds; NULL is fine. Mapped pages stay until they are unmapped. */
void symidx_snapshot_free(struct symidx_snapshot *snapshot)
{
	unsigned int i;

	if (!snapshot)
		return;
	for (i = 0; i < snapshot->page_count; i++)
		__free_page(snapshot->pages[i]);
	kvfree(snapshot->pages);
	kfree(snapshot);
}

/* Memory for a snapshot, charged to the caller. Zeroed: gaps and reserved fields are zero. */
static struct symidx_snapshot *symidx_snapshot_alloc(size_t size)
{
	struct symidx_snapshot *snapshot = compat_kzalloc_obj(*snapshot, GFP_KERNEL_ACCOUNT);
	unsigned int count = DIV_ROUND_UP(size, PAGE_SIZE);
	struct page *page;

	if (!snapshot)
		return NULL;
	INIT_LIST_HEAD(&snapshot->holds);
	snapshot->size = size;
	snapshot->pages = kvcalloc(count, sizeof(*snapshot->pages), GFP_KERNEL_ACCOUNT);
	while (snapshot->pages && snapshot->page_count < count) {
		page = alloc_page(COMPAT_GFP_MAPPED_ACCOUNT | __GFP_ZERO);
		if (!page)
			break;
		snapshot->pages[snapshot->page_count++] = page;
		cond_resched();
	}
	if (snapshot->page_count == count)
		return snapshot;
	symidx_snapshot_free(snapshot);
	return NULL;
}

/* Writes all but the checksum. */
static int symidx_snapshot_write(struct symidx_builder *builder,
				 const struct symbol_index_format_header *header)
{
	int err;

	memcpy(builder->base, header, sizeof(*header));
	builder->strings = 1;
	err = symidx_write_symbols(builder);
	if (err)
		return err;
	if (!symidx_write_modules(builder) || !symidx_write_header(builder))
		return -EAGAIN;
	return symidx_builder_pause(builder);
}

static struct symidx_snapshot *symidx_builder_run(struct symidx_builder *builder,
						  bool show_addresses)
{
	struct symbol_index_format_header header = {};
	struct symidx_snapshot *snapshot;
	int err;

	builder->view = symidx_view_begin();
	builder->generation = symidx_generation();
	err = symidx_count_sections(builder, show_addresses);
	if (err)
		return ERR_PTR(err);
	snapshot = symidx_snapshot_alloc(symidx_layout(&header, builder->counts));
	if (!snapshot)
		return ERR_PTR(-ENOMEM);
	snapshot->generation = builder->generation;
	snapshot->show_addresses = show_addresses;
	builder->base = vmap(snapshot->pages, snapshot->page_count, VM_MAP, PAGE_KERNEL);
	if (!builder->base) {
		symidx_snapshot_free(snapshot);
		return ERR_PTR(-ENOMEM);
	}
	err = symidx_snapshot_write(builder, &header);
	if (!err)
		symidx_write_checksum(builder->base, snapshot->size);
	vunmap(builder->base);
	if (!err)
		return snapshot;
	symidx_snapshot_free(snapshot);
	return ERR_PTR(err);
}

/**
 * symidx_snapshot_build() - write the index as it is now
 * @show_addresses: with addresses
 *
 * Context: may sleep.
 * Return: a snapshot that nobody holds yet, or ERR_PTR(): -ENOMEM, -EINTR, or -EAGAIN if the
 * index has changed meanwhile.
 */
struct symidx_snapshot *symidx_snapshot_build(bool show_addresses)
{
	struct symidx_builder *builder = compat_kzalloc_obj(*builder, GFP_KERNEL_ACCOUNT);
	struct symidx_snapshot *snapshot;

	if (!builder)
		return ERR_PTR(-ENOMEM);
	snapshot = symidx_builder_run(builder, show_addresses);
	kfree(builder);
	return snapshot;
}
