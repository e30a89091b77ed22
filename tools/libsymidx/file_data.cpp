// SPDX-License-Identifier: LGPL-2.1-or-later
#include "symidx/file_data.hpp"

#include <sys/mman.h>
#include <sys/stat.h>

#include <cerrno>

#include "waymark/fd.hpp"

namespace waymark::symidx
{

namespace
{

constexpr off_t largest_file = 1 << 30;

void read_all(const fd &file, std::vector<unsigned char> &into, const std::string &path)
{
	std::size_t done = 0;

	while (done < into.size()) {
		const ssize_t got = ::read(file.get(), into.data() + done, into.size() - done);

		if (got < 0 && errno == EINTR)
			continue;
		if (got < 0)
			throw error::from_errno(path, errno);
		if (got == 0)
			break;
		done += got;
	}
	into.resize(done);
}

} // namespace

file_data::file_data(const std::string &path, access how)
{
	/* A FIFO must not make us wait. */
	const fd file = fd::open(path, O_RDONLY | O_NONBLOCK);
	struct stat st;

	if (::fstat(file.get(), &st) < 0)
		throw error::from_errno(path, errno);
	if (S_ISDIR(st.st_mode))
		throw error::from_errno(path, EISDIR);
	if (!S_ISREG(st.st_mode))
		throw error(path, "not a regular file");
	if (st.st_size > largest_file)
		throw error(path, "larger than 1 GiB");
	if (how == access::map && st.st_size > 0) {
		map_ = ::mmap(nullptr, st.st_size, PROT_READ, MAP_PRIVATE, file.get(), 0);
		if (map_ == MAP_FAILED) {
			map_ = nullptr;
			throw error::from_errno(path, errno);
		}
		view_ = {static_cast<const unsigned char *>(map_),
			 static_cast<std::size_t>(st.st_size)};
		return;
	}
	copy_.resize(st.st_size);
	read_all(file, copy_, path);
	view_ = copy_;
}

file_data::~file_data()
{
	if (map_)
		::munmap(map_, view_.size());
}

} // namespace waymark::symidx
