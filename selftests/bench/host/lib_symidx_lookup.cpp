// SPDX-License-Identifier: GPL-2.0-only
/*
 * Exact lookup of every symbol that a module exports, three times: in the
 * symbol index, by the library as symidx is linked with it; with libkmod in
 * modules.symbols.bin (what modprobe does for an unknown symbol); and with a
 * bare walk over the tree of modules.symbols.bin, written for this benchmark,
 * that makes no objects and knows no wildcards: the least that this format can
 * cost.
 *
 * usage: lib_symidx_lookup INDEX MODULES_FOLDER SUFFIX
 * Called by symidx_files.sh.
 */
#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <string>
#include <utility>
#include <vector>

#include <endian.h>
#include <libkmod.h>

#include "symidx/index.hpp"

namespace
{

using waymark::symidx::symbol_index;

constexpr std::size_t rounds = 21;
/* libkmod asks for "symbol:NAME". */
constexpr std::size_t prefix = sizeof("symbol:") - 1;
constexpr std::uint32_t kmod_magic = 0xb007f457;

/* kmod: the upper bits of an offset say what its node has. */
constexpr std::uint32_t node_prefix = 0x80000000, node_values = 0x40000000,
			node_children = 0x20000000, node_offset = 0x0fffffff;

std::uint32_t be32_at(const char *p)
{
	std::uint32_t raw;

	std::memcpy(&raw, p, sizeof(raw));
	return be32toh(raw);
}

/* Whether @name leads to a node with values. The file is depmod's own: trusted. */
bool find_in_kmod(const char *base, const char *name)
{
	std::uint32_t offset = be32_at(base + 8);

	for (;;) {
		const char *p = base + (offset & node_offset);

		if (offset & node_prefix) {
			for (; *p; p++, name++)
				if (*p != *name)
					return false;
			p++;
		}
		if (!*name)
			return offset & node_values;
		if (!(offset & node_children))
			return false;
		const auto first = static_cast<unsigned char>(p[0]);
		const auto last = static_cast<unsigned char>(p[1]);
		const auto c = static_cast<unsigned char>(*name++);

		if (c < first || c > last)
			return false;
		offset = be32_at(p + 2 + 4 * (c - first));
		if (!(offset & node_offset))
			return false;
	}
}

/* As modprobe would ask for it. */
bool find_by_libkmod(kmod_ctx *ctx, const char *key)
{
	kmod_list *list = nullptr;
	const bool found = kmod_module_new_from_lookup(ctx, key, &list) >= 0 && list;

	kmod_module_unref_list(list);
	return found;
}

/* "symbol:NAME" of all names that both have, in an order that is that of neither. */
std::vector<std::string> common_keys(const symbol_index &idx, const char *kmod)
{
	std::uint64_t state = 20090929;
	std::vector<std::string> keys;

	for (std::uint32_t pos = 0; pos < idx.nr_symbols(); pos++) {
		std::string key = "symbol:" + std::string(idx.name_at(pos));

		if (find_in_kmod(kmod, key.c_str()))
			keys.push_back(std::move(key));
	}
	for (std::size_t i = keys.size(); i > 1; i--) {
		state = state * 6364136223846793005u + 1442695040888963407u;
		std::swap(keys[i - 1], keys[(state >> 33) % i]);
	}
	return keys;
}

/* Nanoseconds that @find takes for one of the keys; all have to be found. */
template <typename F>
double measure(const std::vector<std::string> &keys, const char *who, F find)
{
	const auto start = std::chrono::steady_clock::now();
	std::size_t hits = 0;

	for (const std::string &key : keys)
		hits += find(key.c_str());
	const std::chrono::duration<double, std::nano> took = std::chrono::steady_clock::now() - start;

	if (hits != keys.size()) {
		std::fprintf(stderr, "lib_symidx_lookup: %s misses names\n", who);
		std::exit(1);
	}
	return took.count() / static_cast<double>(keys.size());
}

double median(std::array<double, rounds> &values)
{
	std::sort(values.begin(), values.end());
	return values[rounds / 2];
}

void figure(const char *name, const char *suffix, double value, const char *reference,
	    double reference_value)
{
	std::printf("{\"name\":\"%s%s\",\"value\":%.2f,\"unit\":\"ns\",", name, suffix, value);
	std::printf("\"reference\":\"%s\",\"reference_value\":%.2f}\n", reference, reference_value);
}

int compare(const symbol_index &idx, const std::string &folder, const char *suffix)
{
	std::ifstream in(folder + "/modules.symbols.bin", std::ios::binary);
	const std::string kmod{std::istreambuf_iterator<char>(in), {}};
	const char *const no_config = nullptr;
	std::array<double, rounds> ours, theirs, bare;

	if (kmod.size() < 12 || be32_at(kmod.data()) != kmod_magic) {
		std::fprintf(stderr, "%s: no modules.symbols.bin as is known\n", folder.c_str());
		return 1;
	}
	const std::vector<std::string> keys = common_keys(idx, kmod.data());

	if (keys.size() < 1000) {
		std::fprintf(stderr, "lib_symidx_lookup: only %zu names are in both\n", keys.size());
		return 1;
	}
	kmod_ctx *const ctx = kmod_new(folder.c_str(), &no_config);

	if (!ctx || kmod_load_resources(ctx) < 0)
		return 1;
	for (std::size_t i = 0; i < rounds; i++) {
		/* The length of the name belongs to the search: a caller has a C string. */
		ours[i] = measure(keys, "symidx", [&](const char *key) {
			return !idx.find_all(key + prefix).empty();
		});
		theirs[i] = measure(keys, "libkmod",
				    [&](const char *key) { return find_by_libkmod(ctx, key); });
		bare[i] = measure(keys, "the bare walk", [&](const char *key) {
			return find_in_kmod(kmod.data(), key);
		});
	}
	kmod_unref(ctx);
	const double value = median(ours);

	figure("symidx.lookup_vs_kmod", suffix, value, "libkmod in modules.symbols.bin", median(theirs));
	figure("symidx.lookup_vs_kmod_bare", suffix, value, "bare walk of modules.symbols.bin",
	       median(bare));
	return 0;
}

} // namespace

int main(int argc, char **argv)
{
	if (argc != 4) {
		std::fprintf(stderr, "usage: %s INDEX MODULES_FOLDER SUFFIX\n", argv[0]);
		return 2;
	}
	try {
		return compare(symbol_index::open(argv[1]), argv[2], argv[3]);
	} catch (const waymark::error &error) {
		std::fprintf(stderr, "%s: %s\n", argv[1], error.what());
		return 1;
	}
}
