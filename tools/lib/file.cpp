// SPDX-License-Identifier: LGPL-2.1-or-later
#include "waymark/file.hpp"

#include <sys/file.h>
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "waymark/error.hpp"

namespace waymark
{

namespace
{

void write_all(const fd &file, std::string_view bytes, const std::string &path)
{
	while (!bytes.empty()) {
		const ssize_t put = ::write(file.get(), bytes.data(), bytes.size());

		if (put < 0 && errno != EINTR)
			throw error::from_errno(path, errno);
		if (put > 0)
			bytes.remove_prefix(put);
	}
}

/* The mode that the file at @path is to have once it is replaced. */
mode_t mode_for(const std::string &path)
{
	struct stat st = {};

	if (::stat(path.c_str(), &st))
		return 0644;
	/* rename(2) would put a regular file in the place of /dev/null. */
	if (!S_ISREG(st.st_mode))
		throw error(path, "not a regular file");
	return st.st_mode & 07777;
}

std::string directory_of(const std::string &path)
{
	const std::size_t slash = path.rfind('/');

	if (slash == std::string::npos)
		return ".";
	return slash ? path.substr(0, slash) : "/";
}

/* Makes the rename itself survive a crash; some file systems cannot, and say EINVAL. */
void sync_directory(const std::string &path)
{
	const fd directory = fd::open(directory_of(path), O_RDONLY | O_DIRECTORY);

	if (::fsync(directory.get()) && errno != EINVAL)
		throw error::from_errno(path, errno);
}

/* True if @file is still what @name leads to. */
bool is_same_file(const fd &file, const std::string &name)
{
	struct stat held = {}, found = {};

	return !::fstat(file.get(), &held) && !::lstat(name.c_str(), &found) &&
	       held.st_dev == found.st_dev && held.st_ino == found.st_ino;
}

fd open_lock(const std::string &name)
{
	struct stat st = {};
	int raw;

	do {
		raw = ::open(name.c_str(), O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC,
			     0600);
	} while (raw < 0 && errno == EINTR);
	if (raw < 0)
		throw error::from_errno(name, errno);

	fd file(raw);
	if (::fstat(file.get(), &st))
		throw error::from_errno(name, errno);
	if (!S_ISREG(st.st_mode) || st.st_uid != ::geteuid() || st.st_mode & 077)
		throw error(name, "this lock file was made by somebody else");
	return file;
}

} // namespace

std::string read_file(const std::string &path)
{
	const fd in = fd::open(path);
	struct stat st = {};
	std::string text;
	std::size_t done = 0;

	/* One read for a file, more for what has no size. */
	if (!::fstat(in.get(), &st) && S_ISREG(st.st_mode) && st.st_size > 0 &&
	    static_cast<std::size_t>(st.st_size) < file_size_max)
		text.resize(st.st_size + 1);
	else
		text.resize(4096);
	for (;;) {
		const ssize_t got = ::read(in.get(), &text[done], text.size() - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			throw error::from_errno(path, errno);
		if (got == 0)
			break;
		done += got;
		if (done > file_size_max)
			throw error::from_errno(path, EFBIG);
		if (done == text.size())
			text.resize(text.size() * 2);
	}
	text.resize(done);
	return text;
}

std::string read_attribute(const std::string &path)
{
	std::string text;

	try {
		text = read_file(path);
	} catch (const error &) {
		return {};
	}
	text.erase(text.find_last_not_of('\n') + 1);
	return text;
}

void replace_file(const std::string &path, std::string_view bytes)
{
	const mode_t mode = mode_for(path);
	std::string draft = path + ".XXXXXX";
	const fd file(::mkostemp(draft.data(), O_CLOEXEC));

	if (!file)
		throw error::from_errno(path, errno);
	try {
		write_all(file, bytes, path);
		if (::fchmod(file.get(), mode) || ::fsync(file.get()) ||
		    std::rename(draft.c_str(), path.c_str()))
			throw error::from_errno(path, errno);
	} catch (...) {
		::unlink(draft.c_str());
		throw;
	}
	sync_directory(path);
}

file_lock::file_lock(const std::string &path) : name_(path + ".lock")
{
	for (;;) {
		fd file = open_lock(name_);

		while (::flock(file.get(), LOCK_EX))
			if (errno != EINTR)
				throw error::from_errno(name_, errno);
		/* The holder before may have removed the file while we waited. */
		if (is_same_file(file, name_)) {
			file_ = std::move(file);
			return;
		}
	}
}

file_lock::~file_lock()
{
	/* While the lock is held: later the file may be another holder's. */
	::unlink(name_.c_str());
}

} // namespace waymark
