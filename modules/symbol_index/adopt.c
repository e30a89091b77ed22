// SPDX-License-Identifier: GPL-2.0-only
/*
 * Takes the order of the kernel's symbols from an index file instead of merging
 * the tables. The file is not trusted: every entry is compared with the tables,
 * and the first one that differs ends the attempt.
 */
#define pr_fmt(fmt) KBUILD_MODNAME ": " fmt

#include <linux/crc32.h>
#include <linux/firmware.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <uapi/linux/symbol_index_format.h>
#include "name.h"
#include "run.h"
#include "running.h"

/* Below /lib/firmware/RELEASE, where our kernel hook puts it. */
#define SYMIDX_FILE	"symbol_index.bin"

static bool symidx_may_adopt = true;
module_param_named(adopt, symidx_may_adopt, bool, 0444);
MODULE_PARM_DESC(adopt, "take the order of symbols from " SYMIDX_FILE ", if it is correct");

/**
 * struct symidx_file_view - an index file whose frame was checked
 * @strings: the STRINGS section, which begins and ends with a zero
 * @strings_size: bytes of it
 * @symbols: the SYMBOLS section
 * @count: number of symbols
 */
struct symidx_file_view {
	const char *strings;
	u32 strings_size;
	const struct symbol_index_format_symbol *symbols;
	u32 count;
};

/* The start of a section; NULL if it is outside the file or has another entry size. */
static const void *symidx_view_section(const struct symbol_index_format_header *header,
				       unsigned int id, u32 entry_size, u32 *count)
{
	u64 offset = le64_to_cpu(header->section[id].offset);
	u64 size = le64_to_cpu(header->size);

	*count = le32_to_cpu(header->section[id].count);
	if (le32_to_cpu(header->section[id].entry_size) != entry_size || !*count ||
	    offset < sizeof(*header) || offset % 8 || offset > size ||
	    (u64)*count * entry_size > size - offset)
		return NULL;
	return (const void *)header + offset;
}

/* Checks the frame of the file. Returns NULL, or what is wrong with it. */
static const char *symidx_view_open(struct symidx_file_view *view, const struct firmware *file)
{
	const struct symbol_index_format_header *header = (const void *)file->data;
	const size_t from = offsetofend(struct symbol_index_format_header, checksum);
	const u8 *build_id;
	u32 size;

	if (file->size < sizeof(*header) ||
	    memcmp(header->magic, SYMBOL_INDEX_FORMAT_MAGIC, SYMBOL_INDEX_FORMAT_MAGIC_SIZE))
		return "not a symbol index";
	if (le32_to_cpu(header->version) != SYMBOL_INDEX_FORMAT_VERSION ||
	    le32_to_cpu(header->header_size) != sizeof(*header))
		return "of another version of the format";
	if (le64_to_cpu(header->size) != file->size)
		return "truncated";
	if (le32_to_cpu(header->checksum) != ~crc32_le(~0U, file->data + from, file->size - from))
		return "damaged: wrong checksum";
	size = symidx_build_id(&build_id);
	if (!size || le32_to_cpu(header->build_id_size) != size ||
	    memcmp(header->build_id, build_id, size))
		return "of another kernel";
	if (le32_to_cpu(header->flags) & SYMBOL_INDEX_FORMAT_SNAPSHOT)
		return "a snapshot, not an index of an installed kernel";
	view->strings = symidx_view_section(header, SYMBOL_INDEX_FORMAT_STRINGS, 1,
					    &view->strings_size);
	view->symbols = symidx_view_section(header, SYMBOL_INDEX_FORMAT_SYMBOLS,
					    sizeof(*view->symbols), &view->count);
	if (!view->strings || !view->symbols || view->strings[0] ||
	    view->strings[view->strings_size - 1])
		return "damaged: sections out of place";
	return NULL;
}

static const char *symidx_view_string(const struct symidx_file_view *view, __le32 at)
{
	return le32_to_cpu(at) < view->strings_size ? view->strings + le32_to_cpu(at) : NULL;
}

/* Is the file's symbol the same as symbol @i of @table, in every field? */
static bool symidx_symbol_is(const struct symidx_file_view *view,
			     const struct symbol_index_format_symbol *symbol,
			     const struct compat_export_table *table, u32 i)
{
	const struct compat_kernel_symbol *sym = table->start + i;
	const char *name = symidx_view_string(view, symbol->name);
	const char *name_space = symidx_view_string(view, symbol->name_space);
	const u32 *crc = compat_export_crc(table, i);
	u16 flags = le16_to_cpu(symbol->flags);

	return name && name_space && !strcmp(name, compat_symbol_name(sym)) &&
	       !strcmp(name_space, compat_symbol_name_space(sym)) &&
	       !!(flags & SYMBOL_INDEX_FORMAT_SYMBOL_GPL) ==
	       !!(compat_export_flags(table, i) & COMPAT_EXPORT_GPL_ONLY) &&
	       !!(flags & SYMBOL_INDEX_FORMAT_SYMBOL_CRC) == !!crc &&
	       (!crc || le32_to_cpu(symbol->crc) == compat_export_crc_value(crc));
}

/*
 * Fills the run in the order of the file. Returns true if the file has all symbols of the
 * tables and no others.
 */
static bool symidx_adopt_symbols(struct symidx_run *run, const struct compat_export_table *tables,
				 const struct symidx_file_view *view)
{
	u32 next[COMPAT_EXPORT_TABLES] = {};
	const char *name, *last = NULL;
	unsigned int t, from = 0;
	u32 filled = 0, i;
	int cmp;

	for (i = 0; i < view->count; i++) {
		/* Owner 0 is the kernel proper. */
		if (view->symbols[i].owner)
			continue;
		for (t = 0; t < COMPAT_EXPORT_TABLES; t++)
			if (next[t] < tables[t].count &&
			    symidx_symbol_is(view, &view->symbols[i], &tables[t], next[t]))
				break;
		if (t == COMPAT_EXPORT_TABLES)
			return false;
		name = compat_symbol_name(tables[t].start + next[t]);
		cmp = last ? strcmp(last, name) : -1;
		/* Of equal names the one of the table searched first leads. */
		if (cmp > 0 || (!cmp && t <= from))
			return false;
		last = name;
		from = t;
		symidx_entry_set(symidx_entry(run->first + filled++), run,
				 tables[t].start + next[t], compat_export_crc(&tables[t], next[t]),
				 symidx_name_tag(name), compat_export_flags(&tables[t], next[t]));
		next[t]++;
	}
	return filled == run->count;
}

/**
 * symidx_adopt() - fill the run of the kernel proper from the index file
 * @run: the run
 * @tables: its COMPAT_EXPORT_TABLES tables
 *
 * Context: may sleep.
 * Return: true if the run is complete. If not, the caller has to fill it from the tables.
 */
bool symidx_adopt(struct symidx_run *run, const struct compat_export_table *tables)
{
	struct symidx_file_view view;
	const struct firmware *file;
	const char *wrong;

	if (!symidx_may_adopt || request_firmware_direct(&file, SYMIDX_FILE, NULL))
		return false;
	wrong = symidx_view_open(&view, file);
	if (!wrong && !symidx_adopt_symbols(run, tables, &view))
		wrong = "not what the kernel's own tables say";
	release_firmware(file);
	if (wrong)
		pr_info("%s: %s; sorting the kernel's tables instead\n", SYMIDX_FILE, wrong);
	return !wrong;
}
