// SPDX-License-Identifier: GPL-2.0-or-later
/* Whole files: what readers see while others replace them, and what a lock holds off. */
#include "waymark/file.hpp"

#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cstdlib>
#include <filesystem>
#include <functional>

#include <gtest/gtest.h>

#include "waymark/error.hpp"

namespace
{

constexpr int writers = 8, rounds = 50;

class file : public testing::Test
{
protected:
	void SetUp() override
	{
		char name[] = "file_test.XXXXXX";

		ASSERT_NE(mkdtemp(name), nullptr);
		directory_ = name;
		path_ = directory_ + "/file";
	}
	void TearDown() override { std::filesystem::remove_all(directory_); }

	/* Runs @work in processes of their own; true if all of them returned. */
	static bool in_processes(int count, const std::function<void(int)> &work)
	{
		bool good = true;

		for (int i = 0; i < count; i++) {
			if (fork())
				continue;
			try {
				work(i);
			} catch (...) {
				_exit(1);
			}
			_exit(0);
		}
		for (int i = 0; i < count; i++) {
			int status = 1;

			good &= wait(&status) > 0 && status == 0;
		}
		return good;
	}

	std::size_t files() const
	{
		const auto list = std::filesystem::directory_iterator(directory_);

		return std::distance(begin(list), end(list));
	}

	mode_t mode() const
	{
		struct stat st = {};

		return stat(path_.c_str(), &st) ? 0 : st.st_mode & 07777;
	}

	std::string complaint(const std::string &path) const
	{
		try {
			waymark::replace_file(path, "x");
		} catch (const waymark::error &e) {
			return e.object() + ": " + e.what();
		}
		return {};
	}

	std::string directory_, path_;
};

TEST_F(file, reads_back_what_was_written)
{
	std::string bytes(300000, 'x');

	bytes[5] = '\0';
	for (const std::string &text : {std::string(), std::string("short"), bytes}) {
		waymark::replace_file(path_, text);
		EXPECT_EQ(waymark::read_file(path_), text);
	}
	EXPECT_EQ(files(), 1u);
}

TEST_F(file, reads_files_that_have_no_size)
{
	EXPECT_NE(waymark::read_file("/proc/self/status").find("Pid:"), std::string::npos);
	EXPECT_THROW(waymark::read_file(directory_), waymark::error);
	EXPECT_THROW(waymark::read_file(path_), waymark::error);
	/* Without an end. */
	EXPECT_THROW(waymark::read_file("/dev/zero"), waymark::error);
}

TEST_F(file, an_attribute_ends_before_its_newline)
{
	waymark::replace_file(path_, "virtio\n");
	EXPECT_EQ(waymark::read_attribute(path_), "virtio");
	waymark::replace_file(path_, "\n");
	EXPECT_EQ(waymark::read_attribute(path_), "");
	EXPECT_EQ(waymark::read_attribute(path_ + "/none"), "");
}

TEST_F(file, a_new_file_is_readable_and_an_old_one_keeps_its_mode)
{
	const mode_t mask = umask(0777);

	waymark::replace_file(path_, "1");
	umask(mask);
	EXPECT_EQ(mode(), 0644u);
	ASSERT_EQ(chmod(path_.c_str(), 0600), 0);
	waymark::replace_file(path_, "2");
	EXPECT_EQ(mode(), 0600u);
}

TEST_F(file, only_a_regular_file_is_replaced)
{
	ASSERT_EQ(mkfifo(path_.c_str(), 0600), 0);
	EXPECT_EQ(complaint(path_), path_ + ": not a regular file");
	EXPECT_EQ(complaint(directory_), directory_ + ": not a regular file");
	EXPECT_EQ(complaint("/dev/full"), "/dev/full: not a regular file");
	EXPECT_NE(complaint(directory_ + "/none/file"), "");
	EXPECT_EQ(files(), 1u);
}

/* Each writer has a text of its own, so that a mixture shows. */
TEST_F(file, is_always_one_of_the_texts_that_were_written)
{
	const auto text_of = [](int i) { return std::string(100000 + i, 'a' + i); };
	const auto is_whole = [&](const std::string &text) {
		return !text.empty() && text == text_of(text[0] - 'a');
	};

	waymark::replace_file(path_, text_of(0));
	EXPECT_TRUE(in_processes(writers, [&](int i) {
		for (int round = 0; round < rounds; round++) {
			waymark::replace_file(path_, text_of(i));
			if (!is_whole(waymark::read_file(path_)))
				_exit(1);
		}
	}));
	EXPECT_TRUE(is_whole(waymark::read_file(path_)));
	EXPECT_EQ(files(), 1u);
}

TEST_F(file, a_lock_keeps_every_change)
{
	waymark::replace_file(path_, "0");
	EXPECT_TRUE(in_processes(writers, [&](int) {
		for (int round = 0; round < rounds; round++) {
			const waymark::file_lock lock(path_);
			const int count = std::stoi(waymark::read_file(path_));

			waymark::replace_file(path_, std::to_string(count + 1));
		}
	}));
	EXPECT_EQ(waymark::read_file(path_), std::to_string(writers * rounds));
	EXPECT_EQ(files(), 1u);
}

TEST_F(file, the_lock_of_a_killed_process_is_free)
{
	EXPECT_FALSE(in_processes(1, [&](int) {
		const waymark::file_lock lock(path_);

		_exit(1);
	}));
	EXPECT_EQ(files(), 1u);
	{
		const waymark::file_lock lock(path_);
	}
	EXPECT_EQ(files(), 0u);
}

/* Anybody could lock it, and hold us up for ever. */
TEST_F(file, a_lock_that_others_can_open_is_refused)
{
	waymark::replace_file(path_ + ".lock", "");
	EXPECT_THROW(waymark::file_lock{path_}, waymark::error);
	ASSERT_EQ(chmod((path_ + ".lock").c_str(), 0600), 0);
	{
		const waymark::file_lock lock(path_);
	}
	ASSERT_EQ(symlink("/dev/null", (path_ + ".lock").c_str()), 0);
	EXPECT_THROW(waymark::file_lock{path_}, waymark::error);
}

} // namespace
