// SPDX-License-Identifier: GPL-2.0-or-later
/* From a build tree on disk to its index. */
#include "symidx/tree.hpp"

#include <stdlib.h>

#include <cstdio>
#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "module_builder.hpp"
#include "symidx/hash.hpp"
#include "symidx/index.hpp"
#include "symidx/root.hpp"
#include "waymark/error.hpp"

namespace fs = std::filesystem;
using namespace waymark::symidx;

namespace
{

class build_tree : public testing::Test
{
protected:
	void SetUp() override
	{
		std::string folder = fs::temp_directory_path() / "symidx-tree-XXXXXX";
		const auto module = sample::module_builder().drop_info("name").bytes();

		ASSERT_NE(mkdtemp(folder.data()), nullptr);
		tree_ = folder;
		write("vmlinux", "not read: the tests give a build id");
		write("include/config/kernel.release", "6.12.0-test\n");
		write("Module.symvers", "0x11111111\tprintk\tvmlinux\tEXPORT_SYMBOL\t\n");
		write("drivers/net/probe.ko", std::string(module.begin(), module.end()));
		write("top.ko", std::string(module.begin(), module.end()));
	}
	void TearDown() override { fs::remove_all(tree_); }

	void write(const std::string &name, const std::string &text)
	{
		const fs::path path = fs::path(tree_) / name;

		fs::create_directories(path.parent_path());
		std::ofstream(path, std::ios::binary) << text;
	}

	/* The paths of the modules in the index of @options. */
	static std::vector<std::string> paths(build_options options)
	{
		std::vector<std::string> out;

		options.image.clear();
		options.build_id = {1, 2, 3, 4};
		const build_result built = build_index(options);
		const symbol_index idx = symbol_index::from_memory(built.bytes.data(),
								   built.bytes.size(), "tree");
		EXPECT_TRUE(built.skipped.empty());
		for (std::uint32_t i = 0; i < idx.nr_modules(); i++)
			if (!idx.module_at(i).path.empty())
				out.emplace_back(idx.module_at(i).path);
		return out;
	}

	std::string tree_;
	const std::vector<std::string> both_ = {"drivers/net/probe.ko", "top.ko"};
};

TEST_F(build_tree, has_paths_below_it)
{
	EXPECT_EQ(paths(locate_build_tree(tree_)), both_);
}

TEST_F(build_tree, may_be_given_with_slashes_at_its_end)
{
	for (const char *slashes : {"/", "//", "///"}) {
		const build_options found = locate_build_tree(tree_ + slashes);

		EXPECT_EQ(found.modules, tree_);
		EXPECT_EQ(found.symvers, tree_ + "/Module.symvers");
		EXPECT_EQ(paths(found), both_);
	}
}

/* As a caller may fill it in, and as "/" has to stay. */
TEST_F(build_tree, may_have_a_folder_of_modules_that_ends_in_a_slash)
{
	build_options options = locate_build_tree(tree_);

	options.modules += '/';
	EXPECT_EQ(paths(options), both_);
}

TEST_F(build_tree, must_be_finished)
{
	fs::remove(fs::path(tree_) / "vmlinux");
	EXPECT_THROW(locate_build_tree(tree_), waymark::error);
	write("vmlinux", "");
	fs::remove(fs::path(tree_) / "include/config/kernel.release");
	EXPECT_THROW(locate_build_tree(tree_), waymark::error);
}

class installed : public build_tree
{
protected:
	std::string modules_ = "/lib/modules/6.12.9-amd64";
};

TEST_F(installed, has_its_files_in_the_places_of_distributions)
{
	write("lib/modules/6.12.9-amd64/kernel/top.ko", "");
	const build_options bare = locate_kernel(tree_, "6.12.9-amd64");

	EXPECT_EQ(bare.release, "6.12.9-amd64");
	EXPECT_EQ(bare.modules, tree_ + modules_);
	EXPECT_EQ(bare.image + bare.symvers + bare.config, "");
	EXPECT_FALSE(bare.may_ask_kernel);

	write("boot/vmlinuz-6.12.9-amd64", "");
	write("boot/config-6.12.9-amd64", "");
	write("usr/src/linux-headers-6.12.9-amd64/Module.symvers", "");
	const build_options boot = locate_kernel(tree_, "6.12.9-amd64");
	EXPECT_EQ(boot.image, tree_ + "/boot/vmlinuz-6.12.9-amd64");
	EXPECT_EQ(boot.config, tree_ + "/boot/config-6.12.9-amd64");
	EXPECT_EQ(boot.symvers, tree_ + "/usr/src/linux-headers-6.12.9-amd64/Module.symvers");

	/* What lies with the modules is theirs for sure. */
	write("lib/modules/6.12.9-amd64/vmlinuz", "");
	write("lib/modules/6.12.9-amd64/config", "");
	const build_options near = locate_kernel(tree_, "6.12.9-amd64");
	EXPECT_EQ(near.image, tree_ + modules_ + "/vmlinuz");
	EXPECT_EQ(near.config, tree_ + modules_ + "/config");
}

/* "build" is a link from the root on, which is not ours. */
TEST_F(installed, is_not_looked_for_outside_of_its_root)
{
	write("lib/modules/6.12.9-amd64/kernel/top.ko", "");
	write("outside/Module.symvers", "");
	fs::create_directory_symlink(tree_ + "/outside", tree_ + modules_ + "/build");
	EXPECT_EQ(locate_kernel(tree_, "6.12.9-amd64").symvers, "");
	fs::remove(tree_ + modules_ + "/build");
	fs::create_directory_symlink("/outside", tree_ + modules_ + "/build");
	EXPECT_EQ(locate_kernel(tree_, "6.12.9-amd64").symvers, tree_ + "/outside/Module.symvers");
}

/* As weak-modules makes them. */
TEST_F(installed, has_modules_that_are_links_in_its_root)
{
	const auto module = sample::module_builder().bytes();

	write("lib/modules/6.12.0-1/extra/probe.ko", std::string(module.begin(), module.end()));
	write("lib/modules/6.12.9-amd64/modules.dep", "weak-updates/probe.ko:\n");
	fs::create_directory(tree_ + modules_ + "/weak-updates");
	fs::create_symlink("/lib/modules/6.12.0-1/extra/probe.ko",
			   tree_ + modules_ + "/weak-updates/probe.ko");
	build_options options = locate_kernel(tree_, "6.12.9-amd64");
	options.symvers = tree_ + "/Module.symvers";
	EXPECT_EQ(paths(options), std::vector<std::string>{"weak-updates/probe.ko"});
}

TEST_F(installed, has_a_root_that_links_do_not_leave)
{
	write("usr/lib/file", "");
	fs::create_directory_symlink("/usr/lib", tree_ + "/lib");
	fs::create_directory_symlink("../../../../usr", tree_ + "/usr/up");
	fs::create_symlink("loop", tree_ + "/loop");
	for (const char *path : {"/lib/file", "/usr/lib/file", "/usr/up/lib/./file", "//lib//file",
				 "/../lib/file", "/usr/up/up/lib/../lib/file"})
		EXPECT_EQ(path_in_root(tree_, path), tree_ + "/usr/lib/file") << path;
	EXPECT_EQ(path_in_root(tree_, "/lib/none/file"), tree_ + "/usr/lib/none/file");
	EXPECT_EQ(path_in_root(tree_, "/loop/file"), tree_ + "/");
	EXPECT_EQ(path_in_root("", "/lib/../file"), "/lib/../file");
}

TEST_F(installed, has_a_release_that_is_no_path)
{
	write("lib/modules/6.12.9-amd64/kernel/top.ko", "");
	for (const char *release : {"", ".", "..", "../modules", "6.12.9-amd64/kernel", "6.13"})
		EXPECT_THROW(locate_kernel(tree_, release), waymark::error) << release;
}

TEST_F(installed, is_listed_newest_first)
{
	EXPECT_TRUE(installed_releases(tree_).empty());
	for (const char *release : {"6.9.0", "6.12.9-amd64", "6.12.10-amd64"})
		write(std::string("lib/modules/") + release + "/modules.order", "");
	write("lib/modules/file", "");
	EXPECT_EQ(installed_releases(tree_),
		  (std::vector<std::string>{"6.12.10-amd64", "6.12.9-amd64", "6.9.0"}));
	EXPECT_EQ(index_path(tree_, "6.9.0"), tree_ + "/lib/modules/6.9.0/symbol_index.bin");
}

/* As modprobe does it: what depmod chose, else what lies below updates/. */
class two_of_a_name : public build_tree
{
protected:
	void SetUp() override
	{
		build_tree::SetUp();
		folder_ = tree_ + "/lib/modules/6.12.0-test";
		for (const char *path : {"kernel/same-name.ko", "updates/dkms/same_name.ko", "zz.ko"})
			write(folder("/") + path, module());
	}
	static std::string module()
	{
		const auto module = sample::module_builder().drop_info("name").bytes();

		return {module.begin(), module.end()};
	}
	static std::string folder(const char *end)
	{
		return std::string("lib/modules/6.12.0-test") + end;
	}
	std::vector<std::string> found() const
	{
		build_options options = locate_kernel(tree_, "6.12.0-test");

		options.symvers = tree_ + "/Module.symvers";
		return paths(options);
	}

	std::string folder_;
};

TEST_F(two_of_a_name, is_the_updated_one)
{
	EXPECT_EQ(found(), (std::vector<std::string>{"updates/dkms/same_name.ko", "zz.ko"}));
}

TEST_F(two_of_a_name, is_the_one_that_depmod_chose)
{
	write(folder("/modules.dep"), "kernel/same-name.ko: zz.ko\nzz.ko:\n");
	EXPECT_EQ(found(), (std::vector<std::string>{"kernel/same-name.ko", "zz.ko"}));
}

/* What packaging leaves in a build tree is older than what was built last. */
TEST_F(build_tree, has_the_modules_that_were_built)
{
	const std::string copy = "debian/linux-image/lib/modules/6.12.0-test/kernel/top.ko";

	std::filesystem::create_directories((fs::path(tree_) / copy).parent_path());
	fs::copy_file(fs::path(tree_) / "top.ko", fs::path(tree_) / copy);
	EXPECT_EQ(paths(locate_build_tree(tree_))[0], copy);
	for (const char *suffix : {".o", ".ko"}) {
		write("modules.order", std::string("top") + suffix + "\ndrivers/net/probe" + suffix + "\n");
		EXPECT_EQ(paths(locate_build_tree(tree_)), both_) << suffix;
	}
}

TEST_F(two_of_a_name, is_told)
{
	build_options options = locate_kernel(tree_, "6.12.0-test");

	options.symvers = tree_ + "/Module.symvers";
	options.build_id = {1, 2, 3, 4};
	const build_result built = build_index(options);
	ASSERT_EQ(built.replaced.size(), 1u);
	EXPECT_EQ(built.replaced[0].first, folder_ + "/kernel/same-name.ko");
	EXPECT_EQ(built.replaced[0].second, folder_ + "/updates/dkms/same_name.ko");
	EXPECT_EQ(built.modules, 2u);
}

/* Thousands of names in one chain, as a hostile module can have them. */
TEST_F(build_tree, leaves_out_a_module_whose_names_collide)
{
	constexpr std::uint32_t wanted = 0x5a5a5a00; /* and those next to it */
	sample::module_builder hostile;
	char name[32];
	int found = 0;

	for (std::uint64_t i = 0; found < 600; i++) {
		std::snprintf(name, sizeof(name), "c%llu", static_cast<unsigned long long>(i));
		if ((name_hash(name) & 0x3ff) != (wanted & 0x3ff))
			continue;
		hostile.exports(name, 1);
		found++;
	}
	const auto module = hostile.drop_info("name").bytes();
	write("hostile.ko", {module.begin(), module.end()});
	build_options options = locate_build_tree(tree_);

	options.image.clear();
	options.build_id = {1, 2, 3, 4};
	const build_result built = build_index(options);
	ASSERT_EQ(built.skipped.size(), 1u);
	EXPECT_NE(built.skipped[0].find("hostile.ko: exports names that collide"), std::string::npos);
	EXPECT_EQ(built.modules, 2u);
	symbol_index::from_memory(built.bytes.data(), built.bytes.size(), "rest");
}

TEST_F(installed, has_an_index_until_modules_change)
{
	const std::string index = index_path(tree_, "6.12.9-amd64");
	const auto now = fs::file_time_type::clock::now();

	write("lib/modules/6.12.9-amd64/symbol_index.bin", "");
	EXPECT_FALSE(is_out_of_date(index, tree_, "6.12.9-amd64"));
	write("lib/modules/6.12.9-amd64/modules.dep", "");
	fs::last_write_time(index, now);
	for (int seconds : {-1, 0, 1}) {
		fs::last_write_time(tree_ + modules_ + "/modules.dep", now + std::chrono::seconds(seconds));
		EXPECT_EQ(is_out_of_date(index, tree_, "6.12.9-amd64"), seconds > 0) << seconds;
	}
	fs::remove(index);
	EXPECT_FALSE(is_out_of_date(index, tree_, "6.12.9-amd64"));
}

} // namespace
