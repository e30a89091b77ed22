// SPDX-License-Identifier: GPL-2.0-or-later
/* Every reason why a module does not load, each alone and all at once. */
#include <gtest/gtest.h>

#include "module_builder.hpp"
#include "sample_verdict.hpp"

using namespace waymark::symidx;
using sample::kinds;
using sample::make_index;
using sample::module_builder;

namespace
{

verdict check(const module_builder &builder, const symbol_index &idx = make_index(),
	      const check_environment &env = {})
{
	const auto bytes = builder.bytes();
	const module_file mod = read_module(bytes, "probe.ko", "probe", module_detail::check);

	return checker(idx, env).check(mod);
}

using list = std::vector<std::string>;

TEST(check, good_module)
{
	module_builder probe;

	probe.needs("printk", 0x11111111).needs("kmalloc", 0x33333333).exports("probe_me", 1);
	const verdict v = check(probe);
	EXPECT_TRUE(v.loads());
	EXPECT_EQ(kinds(v.warnings), list{});
	EXPECT_TRUE(v.needs.empty());
}

TEST(check, names_the_modules_that_it_needs)
{
	module_builder probe;

	probe.needs("alpha_open", 0x66666666).needs("shared", 7).info("import_ns", "ALPHA");
	EXPECT_EQ(check(probe).needs, std::set<std::string>{"alpha"});
}

TEST(check, missing_symbol)
{
	check_environment env;
	module_builder probe;

	env.where_else = [](std::string_view name) { return "5.10 (" + std::string(name) + ")"; };
	probe.needs("gone", 1).needs("gone_but_weak", 1, true);
	const verdict v = check(probe, make_index(), env);
	ASSERT_EQ(kinds(v.problems), list{problem_kind::missing_symbol});
	EXPECT_EQ(v.problems[0].symbol, "gone");
	EXPECT_NE(v.problems[0].remedy.find("5.10 (gone)"), std::string::npos);
}

TEST(check, crc)
{
	module_builder probe;

	probe.needs("printk", 0x11111112);
	const verdict v = check(probe);
	ASSERT_EQ(kinds(v.problems), list{problem_kind::crc_mismatch});
	EXPECT_EQ(v.problems[0].wanted, "0x11111112");
	EXPECT_EQ(v.problems[0].has, "0x11111111");
}

/* Which kernel it fits is the next question, and the module knows. */
TEST(check, crc_names_the_kernel_that_the_module_was_built_for)
{
	module_builder probe;

	probe.needs("printk", 2);
	EXPECT_NE(check(probe).problems.at(0).reason.find("; it was built for a kernel of the same release"),
		  std::string::npos);
	probe.drop_info("vermagic").info("vermagic", "6.1.0-56-amd64 SMP mod_unload ");
	EXPECT_NE(check(probe).problems.at(0).reason.find("; it was built for 6.1.0-56-amd64"),
		  std::string::npos);
}

/* The loader compares all of an unsigned long with it. */
TEST(check, crc_with_upper_bits)
{
	const verdict v = check(module_builder().needs("printk", 0x100000000 | 0x11111111));

	ASSERT_EQ(kinds(v.problems), list{problem_kind::crc_mismatch});
	EXPECT_EQ(v.problems[0].wanted, "0x111111111");
}

/* As Debian patches its kernels; without a patch only __version_ext_crcs may lack one. */
TEST(check, no_version_of_an_import)
{
	module_builder probe;

	probe.needs("printk", std::nullopt);
	const verdict v = check(probe);
	ASSERT_EQ(kinds(v.problems), list{problem_kind::no_versions});
	EXPECT_EQ(v.problems[0].symbol, "printk");
	probe.with_extended_versions = true;
	EXPECT_TRUE(check(probe).loads());
	EXPECT_EQ(kinds(check(probe).warnings), list{problem_kind::no_versions});
}

/* The loader reads all of the table of symbols, whatever that says of how many are local. */
TEST(check, undefined_symbols_among_the_local_ones)
{
	module_builder probe;

	probe.all_local = true;
	EXPECT_EQ(kinds(check(probe.needs("gone", 1)).problems), list{problem_kind::missing_symbol});
}

TEST(check, name_of_a_module_that_is_built_in)
{
	check_environment env;

	env.built_in = {"probe"};
	const verdict v = check(module_builder(), make_index(), env);
	EXPECT_TRUE(v.loads());
	EXPECT_EQ(kinds(v.warnings), list{problem_kind::name_taken});
	env.in_sysfs = {"probe"};
	EXPECT_EQ(kinds(check(module_builder(), make_index(), env).problems),
		  list{problem_kind::name_taken});
}

TEST(check, crc_of_module_layout)
{
	writer_input in = sample::input();
	module_builder probe;
	symbol layout;

	layout.name = "module_layout";
	layout.crc = 0xabcdef01;
	in.modules[0].exports.push_back(layout);
	probe.layout_crc = 0xabcdef01;
	EXPECT_TRUE(check(probe, make_index(in)).loads());
	probe.layout_crc = 1;
	EXPECT_EQ(kinds(check(probe, make_index(in)).problems), list{problem_kind::crc_mismatch});
	probe.with_versions = false;
	EXPECT_EQ(kinds(check(probe, make_index(in)).problems), list{problem_kind::no_versions});
	in.flags |= SYMBOL_INDEX_FORMAT_FORCE_LOAD;
	EXPECT_TRUE(check(probe, make_index(in)).loads());
}

TEST(check, kernel_without_crcs)
{
	writer_input in = sample::input();
	module_builder probe;

	for (writer_module &mod : in.modules)
		for (symbol &sym : mod.exports)
			sym.crc.reset();
	in.flags = 0;
	probe.needs("printk", 0x99999999);
	EXPECT_TRUE(check(probe, make_index(in)).loads());
}

TEST(check, gpl_only)
{
	for (const char *license : {"Proprietary", "GPL v3", "gpl", ""}) {
		module_builder probe;

		probe.needs("kmalloc", 0x33333333).drop_info("license");
		if (*license)
			probe.info("license", license);
		EXPECT_EQ(kinds(check(probe).problems), list{problem_kind::gpl_only}) << license;
	}
	for (const char *license : {"GPL", "GPL v2", "GPL and additional rights", "Dual BSD/GPL",
				    "Dual MIT/GPL", "Dual MPL/GPL"}) {
		module_builder probe;

		probe.needs("kmalloc", 0x33333333).drop_info("license").info("license", license);
		EXPECT_TRUE(check(probe).loads()) << license;
	}
}

TEST(check, proprietary_owner)
{
	writer_input in = sample::input();
	module_builder probe;

	in.modules[2].exports[0].name = "beta_only";
	probe.needs("beta_only", 8);
	EXPECT_TRUE(check(probe, make_index(in)).loads());
	probe.needs("kmalloc", 0x33333333);
	EXPECT_EQ(kinds(check(probe, make_index(in)).problems),
		  list{problem_kind::proprietary_owner});
}

TEST(check, name_space)
{
	module_builder probe;

	probe.needs("kfree_skb", 0x44444444);
	EXPECT_EQ(kinds(check(probe).problems), list{problem_kind::name_space});

	writer_input lenient = sample::input();
	lenient.flags |= SYMBOL_INDEX_FORMAT_ALLOW_MISSING_NAMESPACE;
	const verdict v = check(probe, make_index(lenient));
	EXPECT_TRUE(v.loads());
	EXPECT_EQ(kinds(v.warnings), list{problem_kind::name_space});
	EXPECT_TRUE(check(probe.info("import_ns", "NET")).loads());
}

TEST(check, name_space_of_modules)
{
	writer_input in = sample::input();
	module_builder probe;

	in.modules[0].exports[0].name_space = "module:kvm,pro*";
	probe.needs("printk", 0x11111111);
	EXPECT_TRUE(check(probe, make_index(in)).loads());
	in.modules[0].exports[0].name_space = "module:kvm,kvm-intel";
	EXPECT_EQ(kinds(check(probe, make_index(in)).problems), list{problem_kind::name_space});
	in.flags |= SYMBOL_INDEX_FORMAT_ALLOW_MISSING_NAMESPACE;
	EXPECT_EQ(kinds(check(probe, make_index(in)).warnings), list{problem_kind::name_space});
	/* Linux 6.12 got such namespaces later, and does not look whether a module imports one. */
	probe.info("import_ns", "module:kvm,kvm-intel");
	EXPECT_TRUE(check(probe, make_index(in)).loads());
	in.release = "6.16.0-test";
	EXPECT_FALSE(check(probe, make_index(in)).loads());
}

TEST(check, namespace_patterns)
{
	EXPECT_TRUE(namespace_admits_module("module:kvm,kvm-intel", "kvm_intel"));
	EXPECT_TRUE(namespace_admits_module("module:kvm*", "kvm_intel"));
	EXPECT_TRUE(namespace_admits_module("module:*", "anything"));
	EXPECT_FALSE(namespace_admits_module("module:kvm", "kvm_intel"));
	EXPECT_FALSE(namespace_admits_module("module:kvm_intel", "kvm"));
	EXPECT_FALSE(namespace_admits_module("module:", "kvm"));
	EXPECT_FALSE(namespace_admits_module("KVM", "KVM"));
}

TEST(check, vermagic)
{
	const auto with = [](const std::string &magic) {
		module_builder probe;
		probe.drop_info("vermagic");
		if (!magic.empty())
			probe.info("vermagic", magic);
		return probe;
	};
	writer_input plain = sample::input();

	/* With versions the release may differ, the configuration may not. */
	EXPECT_TRUE(check(with("5.0 SMP mod_unload ")).loads());
	EXPECT_EQ(kinds(check(with("6.12.0-test mod_unload ")).problems),
		  list{problem_kind::vermagic});
	module_builder extended = with("5.0 SMP mod_unload ");
	extended.with_versions = false;
	extended.with_extended_versions = true;
	EXPECT_EQ(kinds(check(extended).problems), list{problem_kind::vermagic});
	plain.flags = 0;
	EXPECT_EQ(kinds(check(with("5.0 SMP mod_unload "), make_index(plain)).problems),
		  list{problem_kind::vermagic});
	EXPECT_EQ(kinds(check(with("")).problems), list{problem_kind::vermagic});
	plain.flags = SYMBOL_INDEX_FORMAT_FORCE_LOAD;
	EXPECT_TRUE(check(with(""), make_index(plain)).loads());
}

/* The first entry counts, and be it empty. */
TEST(check, empty_vermagic_and_license)
{
	const auto with_first = [](const char *tag, const char *later) {
		module_builder probe;

		return probe.drop_info(tag).info(tag, "").info(tag, later).needs("kmalloc", 0x33333333);
	};
	writer_input forced = sample::input();

	forced.flags |= SYMBOL_INDEX_FORMAT_FORCE_LOAD;
	EXPECT_EQ(kinds(check(with_first("vermagic", "6.12.0-test SMP mod_unload "),
			      make_index(forced)).problems),
		  list{problem_kind::vermagic});
	EXPECT_EQ(kinds(check(with_first("license", "GPL")).problems), list{problem_kind::gpl_only});
}

/* Options of the kernel that nobody knows do not count as unset without a word. */
TEST(check, unknown_configuration)
{
	const std::string unknown = "configuration is not known";
	writer_input in = sample::input();
	module_builder probe;

	in.flags &= ~static_cast<std::uint32_t>(SYMBOL_INDEX_FORMAT_CONFIG);
	const symbol_index idx = make_index(in);
	EXPECT_EQ(kinds(check(probe, idx).warnings), list{problem_kind::signature});
	check_environment running;
	running.is_running = true;
	EXPECT_EQ(kinds(check(probe, idx, running).warnings), list{});

	const verdict v = check(probe.needs("kfree_skb", 0x44444444).drop_info("vermagic"), idx);
	ASSERT_EQ(kinds(v.problems), (list{problem_kind::vermagic, problem_kind::name_space}));
	for (const problem &p : v.problems)
		EXPECT_NE(p.reason.find(unknown), std::string::npos) << p.reason;
	for (const problem &p : check(probe).problems)
		EXPECT_EQ(p.reason.find(unknown), std::string::npos) << p.reason;
}

TEST(check, architecture_ends_it)
{
	module_builder probe;

	probe.machine = 183;
	probe.needs("gone", 1);
	const verdict v = check(probe);
	ASSERT_EQ(kinds(v.problems), list{problem_kind::architecture});
	EXPECT_EQ(v.problems[0].wanted, "AArch64");
	EXPECT_EQ(v.problems[0].has, "x86-64");
}

TEST(check, size_of_struct_module)
{
	module_builder probe;

	probe.module_size = 1216;
	EXPECT_EQ(kinds(check(probe).problems), list{problem_kind::module_layout});
}

TEST(check, signature)
{
	check_environment env;
	module_builder probe;
	writer_input forced = sample::input();

	env.signature_enforced = true;
	env.enforced_by = "kernel lockdown (integrity)";
	EXPECT_EQ(kinds(check(probe, make_index(), env).problems), list{problem_kind::signature});
	forced.flags |= SYMBOL_INDEX_FORMAT_SIG_FORCE;
	EXPECT_EQ(kinds(check(probe, make_index(forced)).problems), list{problem_kind::signature});
	probe.with_signature = true;
	EXPECT_TRUE(check(probe, make_index(), env).loads());
	env.modules_disabled = true;
	EXPECT_EQ(kinds(check(probe, make_index(), env).problems),
		  list{problem_kind::modules_disabled});
}

TEST(check, duplicate_export)
{
	module_builder probe;

	EXPECT_EQ(kinds(check(probe.exports("printk", 1)).problems),
		  list{problem_kind::duplicate_export});
	const verdict v = check(module_builder().exports("alpha_open", 1));
	EXPECT_TRUE(v.loads());
	EXPECT_EQ(kinds(v.warnings), list{problem_kind::duplicate_export});
}

TEST(check, files_that_belong_together)
{
	const symbol_index idx = make_index();
	const auto base = module_builder().drop_info("name").info("name", "base")
				  .exports("base_call", 0x77, true).bytes();
	const auto user = module_builder().needs("base_call", 0x77).bytes();
	const module_file base_mod = read_module(base, "base.ko", "base", module_detail::check);
	const module_file user_mod = read_module(user, "probe.ko", "probe", module_detail::check);
	checker judge(idx, {});

	EXPECT_FALSE(judge.check(user_mod).loads());
	judge.offer(base_mod);
	EXPECT_TRUE(judge.check(user_mod).loads());
	EXPECT_EQ(judge.check(user_mod).needs, std::set<std::string>{"base"});
}

/* What the file does not export any more is gone, although the installed module has it. */
TEST(check, a_file_takes_the_place_of_its_module)
{
	const symbol_index idx = make_index();
	const auto alpha = module_builder().drop_info("name").info("name", "alpha")
				   .exports("alpha_other", 0x78).bytes();
	const auto user = module_builder().needs("alpha_open", 0x66666666)
				  .info("import_ns", "ALPHA").bytes();
	const module_file alpha_mod = read_module(alpha, "alpha.ko", "alpha", module_detail::check);
	const module_file user_mod = read_module(user, "probe.ko", "probe", module_detail::check);
	checker judge(idx, {});

	EXPECT_TRUE(judge.check(user_mod).loads());
	judge.offer(alpha_mod);
	EXPECT_EQ(kinds(judge.check(user_mod).problems), list{problem_kind::missing_symbol});
}

TEST(check, everything_at_once)
{
	module_builder probe;

	probe.drop_info("vermagic").info("vermagic", "5.0 other ");
	probe.drop_info("license").info("license", "Proprietary");
	probe.needs("gone", 1).needs("printk", 2).needs("kmalloc", 0x33333333);
	probe.needs("kfree_skb", 0x44444444).exports("kfree", 1);
	probe.module_size = 8;
	EXPECT_EQ(kinds(check(probe).problems),
		  (list{problem_kind::vermagic, problem_kind::module_layout,
			problem_kind::missing_symbol, problem_kind::crc_mismatch,
			problem_kind::gpl_only, problem_kind::name_space,
			problem_kind::duplicate_export}));
}

} // namespace
