// SPDX-License-Identifier: GPL-2.0-or-later
/* What the loader refuses in a module by itself, and modules that need one which does not load. */
#include <elf.h>

#include <cstring>

#include <gtest/gtest.h>

#include "module_builder.hpp"
#include "sample_verdict.hpp"

using namespace waymark::symidx;
using sample::kinds;
using sample::make_index;
using sample::module_builder;

namespace
{

using bytes_t = std::vector<unsigned char>;

verdict judge(const bytes_t &bytes, const symbol_index &idx = make_index())
{
	const module_file mod =
		read_module(bytes, "probe.ko", "probe", module_detail::check, rules_of(idx));

	return checker(idx, {}).check(mod);
}

using list = std::vector<std::string>;

bytes_t signed_by(bytes_t out, const bytes_t &tail)
{
	const std::string mark = "~Module signature appended~\n";

	out.insert(out.end(), tail.begin(), tail.end());
	out.insert(out.end(), mark.begin(), mark.end());
	return out;
}

TEST(loader, writable_code)
{
	module_builder probe;

	probe.section(".text.odd", SHF_ALLOC | SHF_WRITE | SHF_EXECINSTR, {0x90});
	EXPECT_EQ(kinds(judge(probe.bytes()).problems), list{problem_kind::section_flags});
}

TEST(loader, percpu_memory)
{
	module_builder probe;

	probe.section(".data..percpu", SHF_ALLOC | SHF_WRITE, bytes_t(64 << 10));
	EXPECT_EQ(kinds(judge(probe.bytes()).problems).front(), problem_kind::percpu);
}

/* strip --strip-unneeded takes the symbols, but what is exported stays. */
TEST(loader, exports_without_symbols)
{
	module_builder probe;

	probe.with_export_symbols = false;
	probe.exports("probe_open", 1).exports("probe_close", 2, true, "PROBE");
	const bytes_t bytes = probe.bytes();
	const module_file mod = read_module(bytes, "probe.ko", "probe", module_detail::check,
					    rules_of(make_index()));

	ASSERT_EQ(mod.exports.size(), 2u);
	EXPECT_EQ(mod.exports[0].name, "probe_open");
	EXPECT_EQ(mod.exports[1].name, "probe_close");
	EXPECT_EQ(mod.exports[1].name_space, "PROBE");
	EXPECT_TRUE(judge(bytes).loads());
	probe.exports("printk", 3);
	EXPECT_EQ(kinds(judge(probe.bytes()).problems), list{problem_kind::duplicate_export});
}

TEST(loader, init_at_another_offset)
{
	writer_input in = sample::input();
	module_builder probe;

	in.init_offset = 312;
	in.exit_offset = 1200;
	probe.init_offset = 312;
	EXPECT_TRUE(judge(probe.bytes(), make_index(in)).loads());
	probe.init_offset = 320;
	EXPECT_EQ(kinds(judge(probe.bytes(), make_index(in)).problems),
		  list{problem_kind::module_layout});
}

TEST(loader, form_of_a_signature)
{
	const bytes_t good = module_builder().bytes();

	EXPECT_TRUE(judge(signed_by(good, {0x30, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 2})).loads());
	/* Another kind of signature is none to the kernel; one that is no message is an error. */
	EXPECT_TRUE(judge(signed_by(good, {0x30, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0, 2})).loads());
	for (const bytes_t &tail : {
		     bytes_t{0x31, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0, 0, 0, 2},
		     bytes_t{0x30, 0, 0, 1, 2, 0, 0, 0, 0, 0, 0, 0, 0, 2},
		     bytes_t{0x30, 0, 0, 0, 2, 0, 0, 0, 0, 0, 0x7f, 0, 0, 2},
	     })
		EXPECT_EQ(kinds(judge(signed_by(good, tail)).problems), list{problem_kind::signature});
}

TEST(loader, class_and_order_do_not_count)
{
	bytes_t bytes = module_builder().bytes();

	bytes[EI_CLASS] = ELFCLASS32;
	bytes[EI_DATA] = ELFDATA2MSB;
	EXPECT_TRUE(judge(bytes).loads());
}

TEST(loader, live_patch)
{
	writer_input in = sample::input();
	module_builder probe;

	probe.info("livepatch", "Y");
	in.flags |= SYMBOL_INDEX_FORMAT_CONFIG;
	EXPECT_EQ(kinds(judge(probe.bytes(), make_index(in)).problems), list{problem_kind::livepatch});
	in.flags |= SYMBOL_INDEX_FORMAT_LIVEPATCH;
	EXPECT_TRUE(judge(probe.bytes(), make_index(in)).loads());
}

TEST(loader, symbols_that_the_architecture_sets)
{
	for (const auto &[machine, name] : {std::pair{EM_PPC64, ".TOC."},
					    std::pair{EM_ARM, "_GLOBAL_OFFSET_TABLE_"}}) {
		writer_input in = sample::input();
		module_builder probe;

		in.machine = machine;
		probe.machine = static_cast<std::uint16_t>(machine);
		probe.needs(name, std::nullopt);
		EXPECT_TRUE(judge(probe.bytes(), make_index(in)).loads()) << name;
	}
}

/* A kernel has no name for a damaged type; where it does not mind, neither does check. */
TEST(loader, types_that_do_not_fit)
{
	writer_input in = sample::input();
	module_builder probe;
	/* One pointer to type 9 of a kernel that has ten. */
	bytes_t btf = {0x9f, 0xeb, 1, 0, 24, 0, 0, 0, 0, 0, 0, 0, 12, 0, 0, 0, 12, 0, 0, 0, 0, 0, 0, 0,
		       0,    0,    0, 0, 0,  0, 0, 2, 9, 0, 0, 0};

	in.btf_types = 10;
	in.btf_strings = 1;
	probe.section(".BTF", 0, btf);
	in.flags |= SYMBOL_INDEX_FORMAT_CONFIG | SYMBOL_INDEX_FORMAT_BTF_STRICT;
	EXPECT_TRUE(judge(probe.bytes(), make_index(in)).loads());
	in.btf_types = 8;
	EXPECT_EQ(kinds(judge(probe.bytes(), make_index(in)).problems), list{problem_kind::btf});
	in.flags &= ~SYMBOL_INDEX_FORMAT_BTF_STRICT;
	EXPECT_TRUE(judge(probe.bytes(), make_index(in)).loads());
}

TEST(needed, fails_with_what_it_needs)
{
	const bytes_t lower = module_builder()
				      .drop_info("name").info("name", "lower")
				      .needs("gone", 1).exports("lower_open", 5).bytes();
	const bytes_t upper = module_builder().needs("lower_open", 5).bytes();
	const symbol_index idx = make_index();
	const module_file a = read_module(lower, "lower.ko", "lower", module_detail::check, rules_of(idx));
	const module_file b = read_module(upper, "probe.ko", "probe", module_detail::check, rules_of(idx));
	checker judge_all(idx, {});

	judge_all.offer(a);
	judge_all.offer(b);
	const verdict v = judge_all.check(b);
	ASSERT_EQ(kinds(v.problems), list{problem_kind::missing_symbol});
	EXPECT_EQ(v.problems[0].module, "lower");
	EXPECT_EQ(v.problems[0].symbol, "gone");
	EXPECT_EQ(judge_all.check(a).problems[0].module, "");
}

/* Each asks for the other: no end is reached but each one's own problems. */
TEST(needed, two_that_need_each_other)
{
	const bytes_t one = module_builder().needs("b_open", 5).exports("a_open", 5).bytes();
	const bytes_t two = module_builder()
				    .drop_info("name").info("name", "other")
				    .needs("a_open", 5).needs("gone", 1).exports("b_open", 5).bytes();
	const symbol_index idx = make_index();
	const module_file a = read_module(one, "probe.ko", "probe", module_detail::check, rules_of(idx));
	const module_file b = read_module(two, "other.ko", "other", module_detail::check, rules_of(idx));
	checker judge_all(idx, {});

	judge_all.offer(a);
	judge_all.offer(b);
	EXPECT_EQ(kinds(judge_all.check(a).problems), list{problem_kind::missing_symbol});
}

/* One reason to refuse it, or none, for a kernel of that release. */
list refusals(const module_builder &probe, const std::string &release)
{
	writer_input in = sample::input();

	in.release = release;
	return kinds(judge(probe.bytes(), make_index(in)).problems);
}

constexpr auto loaded = SHF_ALLOC;

/* The loader reads .modinfo and the versions, and drops them: their addresses mean nothing then. */
TEST(loader, relocations_to_what_is_dropped)
{
	module_builder kept, dropped;

	for (module_builder *probe : {&kept, &dropped})
		probe->section(".data", loaded, bytes_t(8)).section(".rodata", loaded, bytes_t(8));
	kept.relocation(".data", ".rodata", R_X86_64_32S);
	dropped.relocation(".data", ".modinfo", R_X86_64_32S);
	EXPECT_EQ(refusals(kept, "6.12.0-test"), list{});
	EXPECT_EQ(refusals(dropped, "6.12.0-test"), list{problem_kind::relocation});
}

/* They are within the last two gigabytes, or, before they moved into the image, the first. */
TEST(loader, relocations_to_percpu_variables)
{
	module_builder probe, unsigned_one;

	for (module_builder *each : {&probe, &unsigned_one})
		each->section(".data", loaded, bytes_t(8))
			.section(".data..percpu", loaded | SHF_WRITE, bytes_t(64));
	probe.relocation(".data", ".data..percpu", R_X86_64_32S);
	unsigned_one.relocation(".data", ".data..percpu", R_X86_64_32);
	for (const char *release : {"6.12.0-test", "7.2.0-test"})
		EXPECT_EQ(refusals(probe, release), list{}) << release;
	EXPECT_TRUE(judge(probe.bytes()).is_known());
	EXPECT_EQ(refusals(unsigned_one, "6.12.0-test"), list{});
	EXPECT_EQ(refusals(unsigned_one, "7.2.0-test"), list{problem_kind::relocation});
}

TEST(loader, two_sections_of_one_name)
{
	module_builder probe;

	probe.section(".odd", loaded, bytes_t(8)).section(".odd", loaded, {});
	EXPECT_EQ(refusals(probe, "6.12.0-test"), list{});
	probe.section(".odd", loaded, bytes_t(8));
	EXPECT_EQ(refusals(probe, "6.12.0-test"), list{problem_kind::damaged});
	EXPECT_EQ(refusals(probe, "6.1.0-test"), list{});
	/* They are kept for kallsyms. */
	EXPECT_EQ(refusals(module_builder().section(".symtab", loaded, bytes_t(8)), "6.12.0-test"),
		  list{problem_kind::damaged});
}

/* Kernels that take a file with two tables of symbols look at both. */
TEST(loader, second_table_of_symbols)
{
	bytes_t bytes = module_builder().section(".odd", 0, bytes_t(24)).bytes();
	const elf_file elf(bytes, "probe.ko");
	const std::size_t at = elf.find_index(".odd");
	std::uint64_t table;
	writer_input in = sample::input();

	in.release = "6.1.0-test";
	EXPECT_TRUE(judge(bytes, make_index(in)).loads());
	std::memcpy(&table, bytes.data() + offsetof(Elf64_Ehdr, e_shoff), sizeof(table));
	bytes[table + at * sizeof(Elf64_Shdr) + offsetof(Elf64_Shdr, sh_type)] = SHT_SYMTAB;
	EXPECT_EQ(kinds(judge(bytes, make_index(in)).problems), list{problem_kind::damaged});
}

TEST(loader, names_outside_the_file)
{
	bytes_t bytes = module_builder().exports("probe_open", 1).bytes();
	const elf_file elf(bytes, "probe.ko");
	const std::uint64_t at = elf.symbol_table()->offset + sizeof(Elf64_Sym);

	EXPECT_TRUE(judge(bytes).is_known());
	std::memset(bytes.data() + at, 0x7f, 4);
	EXPECT_FALSE(judge(bytes).is_known());
}

/* The loader reads the symbol before the type. */
TEST(loader, relocation_of_no_type_and_no_symbol)
{
	module_builder probe;

	probe.section(".data", loaded, bytes_t(8)).section(".rodata", loaded, bytes_t(8));
	probe.relocation(".data", ".rodata", R_X86_64_NONE);
	bytes_t bytes = probe.bytes();

	EXPECT_TRUE(judge(bytes).is_known());
	const elf_file elf(bytes, "probe.ko");
	std::memset(bytes.data() + elf.find(".rela.data")->offset + 12, 0x7f, 4);
	EXPECT_FALSE(judge(bytes).is_known());
}

} // namespace
