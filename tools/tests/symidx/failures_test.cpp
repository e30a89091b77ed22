// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Failures that people have reported, each made again with a module for it. What symidx says is
 * in Documentation/module_failures.rst, word by word.
 */
#include <unistd.h>

#include <cctype>
#include <cstdlib>
#include <fstream>
#include <iterator>

#include <gtest/gtest.h>
#include <lzma.h>

#include "module_builder.hpp"
#include "sample_verdict.hpp"
#include "symidx/module_set.hpp"

namespace failures
{

using namespace waymark::symidx;
using sample::make_index;
using sample::module_builder;

/* Runs of white space are one space. */
std::string words_of(std::string_view text)
{
	std::string out;
	char last = ' ';

	for (char c : text) {
		if (std::isspace(static_cast<unsigned char>(c)))
			c = ' ';
		if (c != ' ' || last != ' ')
			out += c;
		last = c;
	}
	return out;
}

const std::string &page()
{
	static const std::string text = [] {
		std::ifstream in(WAYMARK_FAILURES);

		return words_of(std::string(std::istreambuf_iterator<char>(in), {}));
	}();
	return text;
}

/* The row of the page from @report to the next one. */
std::string row_of(const std::string &report)
{
	const std::size_t start = page().find("* - " + report + " ");
	const std::size_t end = page().find(" * - ", start + 1);

	return start == page().npos ? std::string() : page().substr(start, end - start);
}

void expect_said(const std::string &report, const char *kind, const verdict &v)
{
	ASSERT_FALSE(v.loads()) << report;
	const problem &first = v.problems[0];
	const std::string said = (first.module.empty() ? "" : "needs " + first.module +
							 ", which will not load: ") +
				 (first.symbol.empty() ? "" : first.symbol + ": ") + first.reason;

	EXPECT_EQ(first.kind, kind) << report;
	EXPECT_NE(row_of(report).find("``" + std::string(kind) + "``: " + said), std::string::npos)
		<< report << ": not on the page: ``" << kind << "``: " << said;
}

verdict look(const module_builder &probe, const writer_input &in = sample::input(),
	     const check_environment &env = {})
{
	const auto bytes = probe.bytes();
	const symbol_index idx = make_index(in);
	const module_file mod =
		read_module(bytes, "probe.ko", "probe", module_detail::check, rules_of(idx));

	return checker(idx, env).check(mod);
}

TEST(failures, struct_module_of_the_same_size_and_another_layout)
{
	writer_input in = sample::input();
	module_builder probe;

	in.init_offset = 312;
	in.exit_offset = 1200;
	probe.init_offset = 320;
	for (const char *report : {"openzfs/zfs 14398", "atar-axis/xpadneo 143", "dynup/kpatch 1348",
				   "RinCat/RTL88x2BU-Linux-Driver 80"})
		expect_said(report, problem_kind::module_layout, look(probe, in));
}

TEST(failures, struct_module_of_another_size)
{
	module_builder probe;

	probe.module_size = 1216;
	for (const char *report : {"void-linux/void-packages 51005", "rhgndf/ms912x 16"})
		expect_said(report, problem_kind::module_layout, look(probe));
}

TEST(failures, compressed_as_xz_does_by_default)
{
	const auto plain = module_builder().bytes();
	std::vector<unsigned char> packed(lzma_stream_buffer_bound(plain.size()));
	std::size_t size = 0;
	load_rules rules = rules_of(make_index());
	char path[] = "/tmp/symidx-failure-XXXXXX";

	ASSERT_EQ(lzma_easy_buffer_encode(LZMA_PRESET_DEFAULT, LZMA_CHECK_CRC64, nullptr, plain.data(),
					  plain.size(), packed.data(), &size, packed.size()),
		  LZMA_OK);
	const int file = ::mkstemp(path);
	ASSERT_GE(file, 0);
	const ssize_t written = ::write(file, packed.data(), size);
	::close(file);
	rules.unpacks_xz = true;
	module_set set({path}, 1, module_detail::check, file_data::access::copy, rules);
	const read_module_result &one = set.wait().at(0);
	::unlink(path);
	ASSERT_EQ(static_cast<std::size_t>(written), size);
	ASSERT_EQ(one.problem, "");
	const symbol_index idx = make_index();
	const verdict v = checker(idx, {}).check(one.mod);

	for (const char *report : {"frankcrawford/it87 43", "lwfinger/rtw88 189", "ublue-os/akmods 318"})
		expect_said(report, problem_kind::compression, v);
}

TEST(failures, vermagic)
{
	writer_input in = sample::input();
	module_builder probe;

	/* Fedora's kernels have no symbol versions. */
	in.flags &= ~SYMBOL_INDEX_FORMAT_MODVERSIONS;
	for (auto &mod : in.modules)
		for (auto &sym : mod.exports)
			sym.crc.reset();
	in.release = "5.4.18-200.fc31.x86_64";
	in.vermagic = "5.4.18-200.fc31.x86_64 SMP mod_unload ";
	probe.drop_info("vermagic").info("vermagic", "5.4.18-100.fc30.x86_64 SMP mod_unload ");
	expect_said("negativo17/nvidia-driver 97", problem_kind::vermagic, look(probe, in));
}

TEST(failures, versions)
{
	writer_input in = sample::input();
	module_builder probe;
	symbol extra;

	for (const char *name : {"module_layout", "i2c_get_adapter"}) {
		extra.name = name;
		extra.crc = 0x2c635209;
		in.modules[0].exports.push_back(extra);
	}
	probe.drop_info("vermagic").info("vermagic", "6.8.0-55-generic SMP mod_unload ");
	probe.layout_crc = 0x5e2ba3f1;
	expect_said("dkms-project/dkms 505", problem_kind::crc_mismatch, look(probe, in));
	probe.layout_crc = 0x2c635209;
	probe.needs("i2c_get_adapter", 0x7b1de30c);
	expect_said("realsenseai/realsense_mipi_platform_driver 281", problem_kind::crc_mismatch,
		    look(probe, in));
}

TEST(failures, stack_of_modules)
{
	const auto spl = module_builder()
				 .drop_info("name").info("name", "spl").needs("vfs_gone", 1)
				 .exports("spl_kmem_alloc", 5).bytes();
	const auto zfs = module_builder()
				 .drop_info("name").info("name", "zfs").needs("spl_kmem_alloc", 5).bytes();
	const symbol_index idx = make_index();
	const module_file lower = read_module(spl, "spl.ko", "spl", module_detail::check, rules_of(idx));
	const module_file upper = read_module(zfs, "zfs.ko", "zfs", module_detail::check, rules_of(idx));
	checker all(idx, {});

	all.offer(lower);
	all.offer(upper);
	expect_said("openzfs/zfs 1347", problem_kind::missing_symbol, all.check(upper));
}

TEST(failures, symbols)
{
	writer_input in = sample::input();
	symbol extra;

	extra.name = "filp_open";
	extra.crc = 6;
	extra.name_space = "VFS_internal_I_am_really_a_filesystem_and_am_NOT_a_driver";
	in.modules[0].exports.push_back(extra);
	extra.name = "cc_mkdec";
	extra.name_space = "";
	extra.gpl = true;
	in.modules[0].exports.push_back(extra);
	extra.name = "fuse_len_args";
	in.modules[0].exports.push_back(extra);
	expect_said("pez2001/razer_chroma_drivers 161", problem_kind::missing_symbol,
		    look(module_builder().needs("razer_chroma_standard_set_led_brightness", 1), in));
	expect_said("ARM-software/lisa 1874", problem_kind::name_space,
		    look(module_builder().needs("filp_open", 6), in));
	expect_said("NVIDIA/gdrcopy 254", problem_kind::gpl_only,
		    look(module_builder().drop_info("license").info("license", "MIT").needs("cc_mkdec", 6),
			 in));
	expect_said("snu-csl/rfuse 3", problem_kind::duplicate_export,
		    look(module_builder().exports("fuse_len_args", 1), in));
}

TEST(failures, types)
{
	writer_input in = sample::input();
	module_builder probe;

	/* One pointer to type 9 of a kernel that has eight. */
	probe.section(".BTF", 0, {0x9f, 0xeb, 1, 0, 24, 0, 0, 0, 0, 0, 0, 0, 12, 0, 0, 0, 12, 0,
				  0,    0,    0, 0, 0,  0, 0, 0, 0, 0, 0, 2, 9,  0, 0, 0});
	in.btf_types = 8;
	in.btf_strings = 1;
	in.flags |= SYMBOL_INDEX_FORMAT_BTF_STRICT;
	expect_said("pop-os/pop 3489", problem_kind::btf, look(probe, in));
}

TEST(failures, secure_boot)
{
	check_environment env;

	env.is_running = true;
	env.signature_enforced = true;
	env.enforced_by = "kernel lockdown (integrity)";
	expect_said("lolo101/px1800kbd 10", problem_kind::signature,
		    look(module_builder(), sample::input(), env));
}

} // namespace failures
