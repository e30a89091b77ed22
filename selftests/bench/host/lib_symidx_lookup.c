// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exact lookup of every symbol that a module exports, three times: in the
 * symbol index, with libkmod in modules.symbols.bin (what modprobe does for an
 * unknown symbol), and with a bare walk over the tree of modules.symbols.bin,
 * written for this benchmark, that makes no objects and knows no wildcards: the
 * least that this format can cost.
 *
 * usage: lib_symidx_lookup INDEX MODULES_FOLDER SUFFIX
 * Called by symidx_files.sh.
 */
#include <endian.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>
#include <libkmod.h>

#include <linux/symbol_index_format.h>

#define ROUNDS 21

struct blob {
	const unsigned char *data;
	size_t size;
};

static struct blob map_file(const char *path)
{
	struct blob blob = { 0 };
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	if (fd < 0 || fstat(fd, &st) < 0) {
		perror(path);
		exit(1);
	}
	blob.size = st.st_size;
	blob.data = mmap(NULL, blob.size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
	if (blob.data == MAP_FAILED) {
		perror(path);
		exit(1);
	}
	close(fd);
	return blob;
}

static const void *section(struct blob idx, int id, uint32_t *count)
{
	const struct symbol_index_format_header *head = (const void *)idx.data;

	*count = le32toh(head->section[id].count);
	return idx.data + le64toh(head->section[id].offset);
}

static uint32_t name_hash(const char *name, size_t length)
{
	uint64_t h = 0, word;
	size_t left;

	for (left = length; left >= 8; left -= 8, name += 8) {
		memcpy(&word, name, 8);
		h = (h ^ le64toh(word)) * SYMBOL_INDEX_FORMAT_HASH_MULTIPLIER;
		h ^= h >> 32;
	}
	word = 0;
	if (left && length >= 8) {
		memcpy(&word, name + left - 8, 8);
		word = le64toh(word) >> (64 - 8 * left);
	} else if (left) {
		memcpy(&word, name, left);
		word = le64toh(word);
	}
	h = (h ^ word) * SYMBOL_INDEX_FORMAT_HASH_MULTIPLIER;
	h ^= h >> 32;
	return (h * SYMBOL_INDEX_FORMAT_HASH_MULTIPLIER) >> 32;
}

struct searcher {
	const char *strings;
	const struct symbol_index_format_symbol *symbols;
	const __le32 *slots;
	uint32_t mask;
};

/* The length of the name belongs to the search: a caller has a C string. */
static int find_in_index(const struct searcher *s, const char *name)
{
	size_t length = strlen(name);
	uint32_t hash = name_hash(name, length);
	uint32_t at = hash & s->mask;
	uint32_t slot;

	while ((slot = le32toh(s->slots[at]))) {
		if (!((slot ^ hash) & ~s->mask)) {
			const struct symbol_index_format_symbol *sym =
				&s->symbols[(slot & s->mask) - 1];

			if (le16toh(sym->name_length) == length &&
			    !memcmp(s->strings + le32toh(sym->name), name, length))
				return 1;
		}
		at = (at + 1) & s->mask;
	}
	return 0;
}

/* kmod: the upper bits of an offset say what its node has. */
#define NODE_PREFIX	0x80000000u
#define NODE_VALUES	0x40000000u
#define NODE_CHILDREN	0x20000000u
#define NODE_OFFSET	0x0fffffffu

static uint32_t be32_at(const unsigned char *p)
{
	uint32_t raw;

	memcpy(&raw, p, 4);
	return be32toh(raw);
}

/* 1 if @name leads to a node with values. The file is depmod's own: trusted. */
static int find_in_kmod(const unsigned char *base, const char *name)
{
	uint32_t offset = be32_at(base + 8);

	for (;;) {
		const unsigned char *p = base + (offset & NODE_OFFSET);

		if (offset & NODE_PREFIX) {
			while (*p) {
				if (*p != (unsigned char)*name)
					return 0;
				p++;
				name++;
			}
			p++;
		}
		if (!*name)
			return !!(offset & NODE_VALUES);
		if (!(offset & NODE_CHILDREN))
			return 0;
		unsigned char first = p[0], last = p[1], c = *name++;

		if (c < first || c > last)
			return 0;
		offset = be32_at(p + 2 + 4 * (c - first));
		if (!(offset & NODE_OFFSET))
			return 0;
	}
}

static double now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1e9 + t.tv_nsec;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

/* Names in an order that is neither name order nor that of the files. */
static void shuffle(char **names, uint32_t count)
{
	uint64_t state = 20090929;
	uint32_t i;

	for (i = count; i > 1; i--) {
		state = state * 6364136223846793005ull + 1442695040888963407ull;
		uint32_t j = (state >> 33) % i;
		char *tmp = names[i - 1];

		names[i - 1] = names[j];
		names[j] = tmp;
	}
}

/* Every key as modprobe would ask for it; the number of those that were found. */
static uint32_t ask_libkmod(struct kmod_ctx *ctx, char **keys, uint32_t count)
{
	uint32_t i, hits = 0;

	for (i = 0; i < count; i++) {
		struct kmod_list *list = NULL;

		if (kmod_module_new_from_lookup(ctx, keys[i], &list) >= 0 && list)
			hits++;
		kmod_module_unref_list(list);
	}
	return hits;
}

static void open_index(struct searcher *s, struct blob idx, uint32_t *nr_symbols)
{
	uint32_t nr_slots, unused;

	s->strings = section(idx, SYMBOL_INDEX_FORMAT_STRINGS, &unused);
	s->symbols = section(idx, SYMBOL_INDEX_FORMAT_SYMBOLS, nr_symbols);
	s->slots = section(idx, SYMBOL_INDEX_FORMAT_SLOTS, &nr_slots);
	s->mask = nr_slots - 1;
}

/* "symbol:NAME" of all names that both have; returns their number. */
static uint32_t common_keys(const struct searcher *s, uint32_t nr_symbols, struct blob kmod,
			    char **keys)
{
	uint32_t i, count = 0;
	char *key;

	for (i = 0; i < nr_symbols; i++) {
		if (asprintf(&key, "symbol:%s", s->strings + le32toh(s->symbols[i].name)) < 0)
			exit(1);
		if (find_in_kmod(kmod.data, key))
			keys[count++] = key;
		else
			free(key);
	}
	shuffle(keys, count);
	return count;
}

enum { OURS, LIBKMOD, BARE, SEARCHERS };

static uint32_t measure(int who, const struct searcher *s, struct kmod_ctx *ctx, struct blob kmod,
			char **keys, uint32_t count, double *ns)
{
	double start = now_ns();
	uint32_t i, hits = 0;

	if (who == LIBKMOD)
		hits = ask_libkmod(ctx, keys, count);
	for (i = 0; who == OURS && i < count; i++)
		hits += find_in_index(s, keys[i] + strlen("symbol:"));
	for (i = 0; who == BARE && i < count; i++)
		hits += find_in_kmod(kmod.data, keys[i]);
	*ns = (now_ns() - start) / count;
	return hits;
}

static void figure(const char *name, const char *suffix, double value, const char *reference,
		   double reference_value)
{
	printf("{\"name\":\"%s%s\",\"value\":%.2f,\"unit\":\"ns\",", name, suffix, value);
	printf("\"reference\":\"%s\",\"reference_value\":%.2f}\n", reference, reference_value);
}

int main(int argc, char **argv)
{
	const char *const no_config = NULL;
	double ns[SEARCHERS][ROUNDS];
	uint32_t nr_symbols, count;
	struct kmod_ctx *ctx;
	struct blob idx, kmod;
	struct searcher s;
	char path[4096];
	char **keys;
	int round, who;

	if (argc != 4) {
		fprintf(stderr, "usage: %s INDEX MODULES_FOLDER SUFFIX\n", argv[0]);
		return 2;
	}
	snprintf(path, sizeof(path), "%s/modules.symbols.bin", argv[2]);
	idx = map_file(argv[1]);
	kmod = map_file(path);
	if (memcmp(idx.data, SYMBOL_INDEX_FORMAT_MAGIC, SYMBOL_INDEX_FORMAT_MAGIC_SIZE) ||
	    be32_at(kmod.data) != 0xb007f457) {
		fprintf(stderr, "%s: not the formats that are compared\n", argv[0]);
		return 1;
	}
	open_index(&s, idx, &nr_symbols);
	keys = calloc(nr_symbols, sizeof(*keys));
	ctx = kmod_new(argv[2], &no_config);
	if (!keys || !ctx || kmod_load_resources(ctx) < 0)
		return 1;
	count = common_keys(&s, nr_symbols, kmod, keys);
	if (count < 1000) {
		fprintf(stderr, "%s: only %u names are in both\n", argv[0], count);
		return 1;
	}
	for (round = 0; round < ROUNDS; round++)
		for (who = 0; who < SEARCHERS; who++)
			if (measure(who, &s, ctx, kmod, keys, count, &ns[who][round]) != count) {
				fprintf(stderr, "%s: searcher %d misses names\n", argv[0], who);
				return 1;
			}
	for (who = 0; who < SEARCHERS; who++)
		qsort(ns[who], ROUNDS, sizeof(double), by_value);
	figure("symidx.lookup_vs_kmod", argv[3], ns[OURS][ROUNDS / 2],
	       "libkmod in modules.symbols.bin", ns[LIBKMOD][ROUNDS / 2]);
	figure("symidx.lookup_vs_kmod_bare", argv[3], ns[OURS][ROUNDS / 2],
	       "bare walk of modules.symbols.bin", ns[BARE][ROUNDS / 2]);
	kmod_unref(ctx);
	return 0;
}
