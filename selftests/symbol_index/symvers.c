// SPDX-License-Identifier: GPL-2.0-only
#include <sys/utsname.h>
#include "symvers.h"

const char *symvers_path(void)
{
	static char path[512];
	const char *given = getenv("WAYMARK_SYMVERS");
	struct utsname uts;

	if (given)
		return given;
	uname(&uts);
	snprintf(path, sizeof(path), "/lib/modules/%s/build/Module.symvers", uts.release);
	return path;
}

/* A module by its path without ".ko": the last part, as the kernel spells it. */
static char *owner_of(char *path)
{
	char *name = strrchr(path, '/'), *dash;

	name = name ? name + 1 : path;
	while ((dash = strchr(name, '-')))
		*dash = '_';
	return name;
}

/* "CRC\tNAME\tOWNER\tEXPORT_SYMBOL[_GPL]\tNAMESPACE\n" */
static bool add_line(struct symbols *symvers, char *line)
{
	char *fields[5], *rest = line;
	struct symbol *symbol;
	unsigned int i;
	__u32 flags;

	line[strcspn(line, "\n")] = 0;
	for (i = 0; i < ARRAY_SIZE(fields); i++) {
		fields[i] = strsep(&rest, "\t");
		if (!fields[i])
			return false;
	}
	if (strcmp(fields[3], "EXPORT_SYMBOL") && strcmp(fields[3], "EXPORT_SYMBOL_GPL"))
		return false;
	flags = strcmp(fields[3], "EXPORT_SYMBOL") ? SYMBOL_INDEX_RECORD_GPL_ONLY : 0;
	flags |= strcmp(fields[2], "vmlinux") ? SYMBOL_INDEX_RECORD_MODULE : 0;
	symbol = symbols_add(symvers, fields[1], owner_of(fields[2]), 0,
			     strtoul(fields[0], NULL, 16), flags);
	symbol->name_space = strdup(fields[4]);
	return true;
}

int symvers_read(const char *path, struct symbols *symvers, bool *versions)
{
	FILE *file = fopen(path, "re");
	char *line = NULL;
	size_t room = 0, i;
	bool good = true;

	if (!file)
		return -1;
	symbols_free(symvers);
	while (good && getline(&line, &room, file) > 0)
		good = add_line(symvers, line);
	free(line);
	fclose(file);
	*versions = false;
	for (i = 0; i < symvers->count; i++)
		*versions |= symvers->list[i].crc != 0;
	for (i = 0; *versions && i < symvers->count; i++)
		symvers->list[i].flags |= SYMBOL_INDEX_RECORD_CRC;
	symbols_sort(symvers);
	errno = good && symvers->count ? 0 : EBADMSG;
	return errno ? -1 : 0;
}

static int string_compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

int symvers_keep_loaded(struct symbols *symvers)
{
	FILE *file = fopen("/proc/modules", "re");
	char *line = NULL, **names = NULL;
	size_t room = 0, count = 0, kept = 0, i;

	if (!file)
		return -1;
	while (getline(&line, &room, file) > 0) {
		names = realloc(names, (count + 1) * sizeof(*names));
		if (!names)
			abort();
		names[count++] = strndup(line, strcspn(line, " "));
	}
	free(line);
	fclose(file);
	if (count)
		qsort(names, count, sizeof(*names), string_compare);
	for (i = 0; i < symvers->count; i++) {
		struct symbol *symbol = &symvers->list[i];

		/* The kernel proper, or a module that is there. */
		if (!(symbol->flags & SYMBOL_INDEX_RECORD_MODULE) ||
		    (count && bsearch(&symbol->owner, names, count, sizeof(*names),
				      string_compare)))
			symvers->list[kept++] = *symbol;
		else
			symbol_free(symbol);
	}
	symvers->count = kept;
	while (count)
		free(names[--count]);
	free(names);
	return 0;
}
