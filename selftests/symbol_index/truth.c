// SPDX-License-Identifier: GPL-2.0-only
/*
 * The index against an independent reading of the kernel: the __ksymtab_ entries
 * and the addresses in /proc/kallsyms, and the CRCs that modules were built with.
 *
 * Then modules come and go at random and all is compared again. The seed is
 * printed; WAYMARK_SEED repeats a run, WAYMARK_MODULES says how many modules are loaded.
 */
#include <sys/stat.h>
#include <sys/utsname.h>
#include <time.h>
#include "symidx_test.h"
#include "../harness.h"

#define BUFFER (64 << 10)
#define KSYMTAB "__ksymtab_"

FIXTURE(truth)
{
	int fd;
	char kptr_restrict[16];
	struct symbols index, kallsyms, exported;
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
	close(self->fd);
	write_file("/proc/sys/kernel/kptr_restrict", self->kptr_restrict);
}

/* Reads /proc/kallsyms: all symbols, and those that it lists as exported. */
static int read_kallsyms(struct symbols *all, struct symbols *exported)
{
	char line[1200], name[600], owner[128];
	unsigned long long address;
	FILE *file = fopen("/proc/kallsyms", "re");
	int fields;

	if (!file)
		return -1;
	symbols_free(all);
	symbols_free(exported);
	while (fgets(line, sizeof(line), file)) {
		fields = sscanf(line, "%llx %*c %599s [%127[^]]", &address, name, owner);
		if (fields < 2)
			continue;
		if (fields < 3)
			snprintf(owner, sizeof(owner), "vmlinux");
		symbols_add(all, name, owner, address, 0, 0);
		if (!strncmp(name, KSYMTAB, strlen(KSYMTAB)))
			symbols_add(exported, name + strlen(KSYMTAB), owner, 0, 0, 0);
	}
	fclose(file);
	symbols_sort(all);
	symbols_sort(exported);
	return 0;
}

static int name_compare(const struct symbol *a, const struct symbol *b)
{
	int cmp = strcmp(a->name, b->name);

	return cmp ? cmp : strcmp(a->owner, b->owner);
}

/* How many differences there are between the index and /proc/kallsyms. */
static unsigned int compare(struct __test_metadata *_metadata, struct _test_data_truth *self)
{
	struct symbols *index = &self->index, *exported = &self->exported;
	unsigned int differences = 0;
	size_t i = 0, e = 0;
	int cmp;

	if (device_list(self->fd, NULL, NULL, BUFFER, index) ||
	    read_kallsyms(&self->kallsyms, exported))
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
	return differences;
}

TEST_F(truth, kallsyms)
{
	EXPECT_EQ(0, compare(_metadata, self));
	EXPECT_LT(1000, self->index.count);
	EXPECT_LT(0, self->index.list[0].address);
}

/*
 * What every installed module imports, with the CRC that it was built with, must
 * be in the index with that CRC, if it is there at all. Returns the number of
 * CRCs compared, and adds differences.
 */
static unsigned int compare_crcs(struct __test_metadata *_metadata, struct _test_data_truth *self,
				 const char *path, unsigned int *differences)
{
	RECORD_BUFFER(buffer, 4096);
	struct symbol_index_record *record = (void *)buffer;
	char command[1200], name[600];
	unsigned int compared = 0, crc;
	FILE *pipe;

	snprintf(command, sizeof(command), "modprobe --dump-modversions '%s' 2>/dev/null", path);
	pipe = popen(command, "re");
	while (pipe && fscanf(pipe, "%x %599s", &crc, name) == 2) {
		if (device_lookup(self->fd, name, buffer, sizeof(buffer)))
			continue;
		compared++;
		if ((record->flags & SYMBOL_INDEX_RECORD_CRC) && record->crc == crc)
			continue;
		TH_LOG("%s: %s has CRC %x, index %x", path, name, crc, record->crc);
		++*differences;
	}
	if (pipe)
		pclose(pipe);
	return compared;
}

static FILE *find_modules(void)
{
	struct utsname uts;
	char command[512];

	uname(&uts);
	snprintf(command, sizeof(command), "find /lib/modules/%s/kernel -name '*.ko*'",
		 uts.release);
	return popen(command, "re");
}

TEST_F(truth, crcs)
{
	unsigned int compared = 0, differences = 0, nth = 0;
	unsigned int every = setting("WAYMARK_LONG", 0) ? 16 : 64;
	struct symbol_index_info info;
	char path[1024];
	FILE *pipe;

	ASSERT_EQ(0, device_info(self->fd, &info));
	if (!(info.capabilities & SYMBOL_INDEX_CAP_CRC)) {
		/* Then no symbol may pretend to have one. */
		size_t i;

		ASSERT_EQ(0, device_list(self->fd, NULL, NULL, BUFFER, &self->index));
		for (i = 0; i < self->index.count; i++) {
			ASSERT_EQ(0, self->index.list[i].crc);
			ASSERT_EQ(0, self->index.list[i].flags & SYMBOL_INDEX_RECORD_CRC);
		}
		return;
	}
	pipe = find_modules();
	ASSERT_NE(NULL, pipe);
	while (fgets(path, sizeof(path), pipe)) {
		path[strcspn(path, "\n")] = 0;
		/* A sample of the whole tree: each costs a process. */
		if (nth++ % every)
			continue;
		compared += compare_crcs(_metadata, self, path, &differences);
	}
	pclose(pipe);
	TH_LOG("%u CRCs compared", compared);
	EXPECT_EQ(0, differences);
	EXPECT_LT(1000, compared);
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

static size_t harmless_modules(char ***names)
{
	size_t count = 0;
	char path[1024];
	FILE *pipe = find_modules();
	unsigned int i;
	char *name, *end;

	*names = calloc(8192, sizeof(**names));
	while (pipe && fgets(path, sizeof(path), pipe) && count < 8192) {
		for (i = 0; i < ARRAY_SIZE(harmless); i++)
			if (strstr(path, harmless[i]))
				break;
		if (i == ARRAY_SIZE(harmless))
			continue;
		name = strrchr(path, '/') + 1;
		end = strstr(name, ".ko");
		*end = 0;
		if (!is_test(path, name, end - name))
			(*names)[count++] = strdup(name);
	}
	if (pipe)
		pclose(pipe);
	return count;
}

TEST_F_TIMEOUT(truth, random_modules, 1800)
{
	unsigned int seed = setting("WAYMARK_SEED", time(NULL) ^ getpid());
	unsigned int wanted = setting("WAYMARK_MODULES", setting("WAYMARK_LONG", 0) ? 300 : 24);
	unsigned int loaded = 0, tries, steps = 0;
	char **names, *name;
	size_t count;

	TH_LOG("WAYMARK_SEED=%u WAYMARK_MODULES=%u", seed, wanted);
	srand(seed);
	count = harmless_modules(&names);
	if (wanted > count)
		wanted = count;
	ASSERT_LE(16, wanted);
	for (tries = 0; tries < 6 * wanted && loaded < wanted; tries++) {
		name = names[rand() % count];
		if (rand() % 4)
			loaded += !modprobe(name);
		else
			modprobe_remove(name);
		if (++steps % 100 == 0)
			ASSERT_EQ(0, compare(_metadata, self));
	}
	TH_LOG("%u modules loaded", loaded);
	EXPECT_EQ(0, compare(_metadata, self));
	/* And away with them: whatever is not in use goes. */
	for (tries = 0; tries < count; tries++)
		rmmod(names[tries]);
	EXPECT_EQ(0, compare(_metadata, self));
	EXPECT_LT(wanted / 2, loaded);
}

TEST_HARNESS_MAIN
