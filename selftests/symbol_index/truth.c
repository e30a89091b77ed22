// SPDX-License-Identifier: GPL-2.0-only
/*
 * The index against an independent reading of the kernel: the __ksymtab_ entries
 * and the addresses in /proc/kallsyms; names, licences, namespaces and CRCs in the
 * Module.symvers of the kernel and of our modules; and the CRCs that modules were built
 * with.
 *
 * Then modules come and go at random and all is compared again. The seed is
 * printed; WAYMARK_SEED repeats a run, WAYMARK_MODULES says how often one is loaded.
 */
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include <libkmod.h>
#include "symidx_test.h"
#include "symvers.h"
#include "../lib/harness.h"

#define BUFFER (64 << 10)
#define KSYMTAB "__ksymtab_"

FIXTURE(truth)
{
	int fd;
	char kptr_restrict[16];
	struct symbols index, kallsyms, exported, symvers;
};

FIXTURE_SETUP(truth)
{
	ASSERT_EQ(0, read_file("/proc/sys/kernel/kptr_restrict", self->kptr_restrict,
			       sizeof(self->kptr_restrict)));
	ASSERT_EQ(0, write_file("/proc/sys/kernel/kptr_restrict", "0"));
	self->fd = device_open();
	ASSERT_LE(0, self->fd)
		TH_LOG("cannot open " DEVICE ": %s", strerror(errno));
}

FIXTURE_TEARDOWN(truth)
{
	symbols_free(&self->index);
	symbols_free(&self->kallsyms);
	symbols_free(&self->exported);
	symbols_free(&self->symvers);
	close(self->fd);
	write_file("/proc/sys/kernel/kptr_restrict", self->kptr_restrict);
}

/* The names of the index in a hash table, at most half of it full. */
struct names {
	const char **slots;
	size_t mask;
};

/* Where @name is, or would be. */
static const char **names_slot(const struct names *names, const char *name)
{
	size_t hash = 0, i;

	for (i = 0; name[i]; i++)
		hash = hash * 31 + (unsigned char)name[i];
	for (i = (hash ^ hash >> 16) & names->mask; names->slots[i]; i = (i + 1) & names->mask)
		if (!strcmp(names->slots[i], name))
			break;
	return &names->slots[i];
}

static void names_fill(struct names *names, const struct symbols *symbols)
{
	size_t size = 2, i;

	while (size < 2 * symbols->count)
		size *= 2;
	names->mask = size - 1;
	names->slots = calloc(size, sizeof(*names->slots));
	if (!names->slots)
		abort();
	for (i = 0; i < symbols->count; i++)
		*names_slot(names, symbols->list[i].name) = symbols->list[i].name;
}

/* A line of /proc/kallsyms, "ADDRESS TYPE NAME" and with a module "\t[OWNER]", in parts. */
static bool split(char *line, __u64 *address, const char **name, const char **owner)
{
	char *at;

	*address = strtoull(line, &at, 16);
	if (at == line || at[0] != ' ' || !at[1] || at[2] != ' ')
		return false;
	*name = at + 3;
	at += 3 + strcspn(at + 3, "\t\n");
	*owner = "vmlinux";
	if (*at == '\t' && at[1] == '[') {
		*owner = at + 2;
		at[2 + strcspn(at + 2, "]")] = 0;
	}
	*at = 0;
	return true;
}

/*
 * Reads /proc/kallsyms, a few hundred thousand lines: the symbols that are named as some
 * in @index, and those that it lists as exported.
 */
static int read_kallsyms(const struct symbols *index, struct symbols *named,
			 struct symbols *exported)
{
	const char *name, *owner;
	struct names names;
	char line[1200];
	__u64 address;
	FILE *file;

	file = fopen("/proc/kallsyms", "re");
	if (!file)
		return -1;
	/* By itself it would take what stat() says: 1 KiB. */
	setvbuf(file, NULL, _IOFBF, BUFFER);
	symbols_free(named);
	symbols_free(exported);
	names_fill(&names, index);
	while (fgets(line, sizeof(line), file)) {
		if (!split(line, &address, &name, &owner))
			continue;
		if (*names_slot(&names, name))
			symbols_add(named, name, owner, address, 0, 0);
		if (!strncmp(name, KSYMTAB, strlen(KSYMTAB)))
			symbols_add(exported, name + strlen(KSYMTAB), owner, 0, 0, 0);
	}
	free(names.slots);
	fclose(file);
	symbols_sort(named);
	symbols_sort(exported);
	return 0;
}

static int name_compare(const struct symbol *a, const struct symbol *b)
{
	int cmp = strcmp(a->name, b->name);

	return cmp ? cmp : strcmp(a->owner, b->owner);
}

/* Whether a symbol of the index is what Module.symvers says; addresses it does not know. */
static bool as_built(const struct symbol *found, const struct symbol *built)
{
	__u32 flags = found->flags & ~(__u32)SYMBOL_INDEX_RECORD_ADDRESS;

	return flags == built->flags && found->crc == built->crc &&
	       !strcmp(found->name_space, built->name_space);
}

/*
 * How many differences there are between the index, as it was read last, and what
 * Module.symvers says of the kernel and of the modules that are loaded.
 */
static unsigned int compare_symvers(struct __test_metadata *_metadata,
				    struct _test_data_truth *self)
{
	struct symbols *index = &self->index, *symvers = &self->symvers;
	unsigned int differences = 0;
	size_t i = 0, s = 0;
	bool versions;
	int cmp;

	if (symvers_read(symvers_path(), symvers, &versions) || symvers_keep_loaded(symvers)) {
		TH_LOG("%s: %s", symvers_path(), strerror(errno));
		return -1;
	}
	while (i < index->count || s < symvers->count) {
		struct symbol *found = &index->list[i], *built = &symvers->list[s];

		if (i == index->count)
			cmp = 1;
		else if (s == symvers->count)
			cmp = -1;
		else
			cmp = name_compare(found, built);
		if (cmp) {
			TH_LOG("%s of %s is only in %s", (cmp < 0 ? found : built)->name,
			       (cmp < 0 ? found : built)->owner,
			       cmp < 0 ? "the index" : "Module.symvers");
			differences++;
		} else if (!as_built(found, built)) {
			TH_LOG("%s of %s: flags %x CRC %x namespace '%s', built as %x %x '%s'",
			       found->name, found->owner, found->flags, found->crc,
			       found->name_space, built->flags, built->crc, built->name_space);
			differences++;
		}
		i += cmp <= 0;
		s += cmp >= 0;
	}
	return differences;
}

/* How many differences there are between the index and what is known otherwise. */
static unsigned int compare(struct __test_metadata *_metadata, struct _test_data_truth *self)
{
	struct symbols *index = &self->index, *exported = &self->exported;
	unsigned int differences = 0;
	size_t i = 0, e = 0;
	int cmp;

	if (device_list(self->fd, NULL, NULL, BUFFER, index) ||
	    read_kallsyms(index, &self->kallsyms, exported))
		return -1;
	symbols_sort(index);
	while (i < index->count || e < exported->count) {
		if (i == index->count)
			cmp = 1;
		else if (e == exported->count)
			cmp = -1;
		else
			cmp = name_compare(&index->list[i], &exported->list[e]);
		if (cmp) {
			struct symbol *symbol = cmp < 0 ? &index->list[i] : &exported->list[e];

			TH_LOG("%s of %s is only in %s", symbol->name, symbol->owner,
			       cmp < 0 ? "the index" : "/proc/kallsyms");
			differences++;
		} else if (!bsearch(&index->list[i], self->kallsyms.list, self->kallsyms.count,
				    sizeof(struct symbol), symbol_compare)) {
			TH_LOG("%s of %s is not at %llx", index->list[i].name,
			       index->list[i].owner, (unsigned long long)index->list[i].address);
			differences++;
		}
		i += cmp <= 0;
		e += cmp >= 0;
	}
	return differences + compare_symvers(_metadata, self);
}

TEST_F(truth, kallsyms)
{
	EXPECT_EQ(0, compare(_metadata, self));
	EXPECT_LT(1000, self->index.count);
	EXPECT_LT(0, self->index.list[0].address);
}

/* What the comparison of all symbols rests on: all sorts of them are there, of modules, too. */
TEST_F(truth, symvers)
{
	unsigned int modules = 0, gpl = 0, spaces = 0;
	struct symbol_index_info info;
	bool versions;
	size_t i;

	ASSERT_EQ(0, device_info(self->fd, &info));
	EXPECT_EQ(0, compare(_metadata, self));
	ASSERT_EQ(0, symvers_read(symvers_path(), &self->symvers, &versions));
	EXPECT_EQ(versions, !!(info.capabilities & SYMBOL_INDEX_CAP_CRC));
	for (i = 0; i < self->index.count; i++) {
		modules += !!(self->index.list[i].flags & SYMBOL_INDEX_RECORD_MODULE);
		gpl += !!(self->index.list[i].flags & SYMBOL_INDEX_RECORD_GPL_ONLY);
		spaces += *self->index.list[i].name_space != 0;
	}
	TH_LOG("%zu symbols, %u of modules, %u GPL-only, %u in namespaces, CRCs: %s",
	       self->index.count, modules, gpl, spaces, versions ? "yes" : "no");
	EXPECT_LT(0, modules);
	EXPECT_LT(0, gpl);
	EXPECT_LT(gpl, self->index.count);
}

/*
 * What an installed module imports, with the CRC that it was built with, must be
 * in the index with that CRC, if it is there at all. Every module imports
 * something of the kernel: the layout of a module. Returns the number of CRCs
 * compared, and adds differences.
 */
static unsigned int compare_crcs(struct __test_metadata *_metadata, struct _test_data_truth *self,
				 struct kmod_ctx *kmod, const char *path,
				 unsigned int *differences)
{
	RECORD_BUFFER(buffer, 4096);
	struct symbol_index_record *record = (void *)buffer;
	struct kmod_list *versions = NULL, *each;
	struct kmod_module *module;
	unsigned int compared = 0;

	if (kmod_module_new_from_path(kmod, path, &module))
		return 0;
	kmod_module_get_versions(module, &versions);
	kmod_list_foreach(each, versions) {
		const char *name = kmod_module_version_get_symbol(each);
		__u32 crc = kmod_module_version_get_crc(each);

		if (device_lookup(self->fd, name, buffer, sizeof(buffer)))
			continue;
		compared++;
		if ((record->flags & SYMBOL_INDEX_RECORD_CRC) && record->crc == crc)
			continue;
		TH_LOG("%s: %s has CRC %x, index %x", path, name, crc, record->crc);
		++*differences;
	}
	if (versions && !compared) {
		TH_LOG("%s: nothing that it imports is in the index", path);
		++*differences;
	}
	kmod_module_versions_free_list(versions);
	kmod_module_unref(module);
	return compared;
}

/* The paths of the modules that came with the kernel. */
struct files {
	char **paths;
	size_t count;
};

static void files_find(struct files *files)
{
	struct utsname uts;
	char text[1024];
	FILE *pipe;

	memset(files, 0, sizeof(*files));
	uname(&uts);
	snprintf(text, sizeof(text), "find /lib/modules/%s/kernel -name '*.ko*'", uts.release);
	pipe = popen(text, "re");
	while (pipe && fgets(text, sizeof(text), pipe)) {
		if (files->count % 1024 == 0)
			files->paths = realloc(files->paths,
					       (files->count + 1024) * sizeof(*files->paths));
		if (!files->paths)
			abort();
		text[strcspn(text, "\n")] = 0;
		files->paths[files->count++] = strdup(text);
	}
	if (pipe)
		pclose(pipe);
}

static void files_free(struct files *files)
{
	while (files->count)
		free(files->paths[--files->count]);
	free(files->paths);
}

/* Without CRCs in the kernel, no symbol may pretend to have one. */
static void expect_no_crcs(struct __test_metadata *_metadata, struct _test_data_truth *self)
{
	size_t i;

	ASSERT_EQ(0, device_list(self->fd, NULL, NULL, BUFFER, &self->index));
	for (i = 0; i < self->index.count; i++) {
		ASSERT_EQ(0, self->index.list[i].crc);
		ASSERT_EQ(0, self->index.list[i].flags & SYMBOL_INDEX_RECORD_CRC);
	}
}

TEST_F(truth, crcs)
{
	unsigned int every = setting("WAYMARK_LONG", 0) ? 16 : 64;
	unsigned int compared = 0, differences = 0, sampled = 0;
	struct symbol_index_info info;
	struct kmod_ctx *kmod;
	struct files files;
	size_t i;

	ASSERT_EQ(0, device_info(self->fd, &info));
	if (!(info.capabilities & SYMBOL_INDEX_CAP_CRC)) {
		expect_no_crcs(_metadata, self);
		return;
	}
	kmod = kmod_new(NULL, NULL);
	ASSERT_NE(NULL, kmod);
	files_find(&files);
	ASSERT_LT(0, files.count);
	/* A sample of the whole tree: each is uncompressed. All, where there are few. */
	if (files.count < 16 * every)
		every = 1;
	for (i = 0; i < files.count; i += every, sampled++)
		compared += compare_crcs(_metadata, self, kmod, files.paths[i], &differences);
	kmod_unref(kmod);
	TH_LOG("%u CRCs compared, of %u modules of %zu", compared, sampled, files.count);
	EXPECT_EQ(0, differences);
	EXPECT_LE(sampled, compared);
	/* Some dozens each. */
	if (every > 1)
		EXPECT_LT(1000, compared);
	files_free(&files);
}

/* Modules that come without hardware and go again. */
static const char *const harmless[] = {
	"/kernel/net/", "/kernel/fs/nls/", "/kernel/crypto/", "/kernel/lib/", "/kernel/fs/",
	"/kernel/drivers/usb/serial/", "/kernel/drivers/i2c/algos/",
};

/* Whether loading it is a test, which may take minutes: of the BPF compiler, of vmalloc(). */
static bool is_test(const char *path, const char *name, size_t length)
{
	static const char *const endings[] = { "_test", "-test", "_kunit", "-kunit" };
	unsigned int i;

	for (i = 0; i < ARRAY_SIZE(endings); i++) {
		size_t end = strlen(endings[i]);

		if (length > end && !memcmp(name + length - end, endings[i], end))
			return true;
	}
	return strstr(path, "/tests/") || !strncmp(name, "test_", 5) ||
	       (length == 6 && !memcmp(name, "tcrypt", 6));
}

/* Their names, which are to be freed, and how many there are. */
static size_t harmless_modules(const struct files *files, char ***names)
{
	size_t count = 0, f;
	unsigned int i;
	char *name, *end;

	*names = calloc(files->count + 1, sizeof(**names));
	if (!*names)
		abort();
	for (f = 0; f < files->count; f++) {
		for (i = 0; i < ARRAY_SIZE(harmless); i++)
			if (strstr(files->paths[f], harmless[i]))
				break;
		if (i == ARRAY_SIZE(harmless))
			continue;
		name = strrchr(files->paths[f], '/') + 1;
		end = strstr(name, ".ko");
		if (!is_test(files->paths[f], name, end - name))
			(*names)[count++] = strndup(name, end - name);
	}
	return count;
}

TEST_F_TIMEOUT(truth, random_modules, 1800)
{
	unsigned int seed = setting("WAYMARK_SEED", time(NULL) ^ getpid());
	unsigned int wanted = setting("WAYMARK_MODULES", setting("WAYMARK_LONG", 0) ? 300 : 24);
	unsigned int loaded = 0, tries, steps = 0;
	struct files files;
	char **names, *name;
	size_t count, least;

	TH_LOG("WAYMARK_SEED=%u WAYMARK_MODULES=%u", seed, wanted);
	srand(seed);
	files_find(&files);
	ASSERT_LT(0, files.count);
	count = harmless_modules(&files, &names);
	/* Of few modules, a quarter are harmless at least; never none. */
	least = files.count < 64 ? (files.count + 3) / 4 : 16;
	ASSERT_LE(least, count);
	files_free(&files);
	if (wanted > count)
		wanted = count;
	/* Many are there already, or do not come on this machine. */
	for (tries = 0; tries < 40 * wanted && loaded < wanted; tries++) {
		name = names[rand() % count];
		if (rand() % 4)
			loaded += !modprobe_load(name);
		else
			modprobe_remove(name);
		if (++steps % 100 == 0)
			ASSERT_EQ(0, compare(_metadata, self));
	}
	TH_LOG("%u modules loaded in %u steps", loaded, steps);
	EXPECT_EQ(0, compare(_metadata, self));
	/* And away with them: whatever is not in use goes. */
	for (tries = 0; tries < count; tries++)
		rmmod(names[tries]);
	EXPECT_EQ(0, compare(_metadata, self));
	EXPECT_EQ(wanted, loaded);
	while (count)
		free(names[--count]);
	free(names);
}

TEST_HARNESS_MAIN
