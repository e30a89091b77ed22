// SPDX-License-Identifier: GPL-2.0-or-later
/* From a build tree on disk to its index. */
#include "symidx/tree.hpp"

#include <stdlib.h>

#include <filesystem>
#include <fstream>

#include <gtest/gtest.h>

#include "module_builder.hpp"
#include "symidx/index.hpp"

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

} // namespace
