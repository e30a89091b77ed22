// SPDX-License-Identifier: LGPL-2.1-or-later
#include <sys/stat.h>

#include <cerrno>
#include <cstdio>
#include <cstdlib>

#include "symidx/writer.hpp"
#include "waymark/fd.hpp"

namespace waymark::symidx
{

namespace
{

void write_all(const fd &file, const std::vector<unsigned char> &bytes, const std::string &path)
{
	for (std::size_t done = 0; done < bytes.size();) {
		const ssize_t put = ::write(file.get(), bytes.data() + done, bytes.size() - done);

		if (put < 0 && errno != EINTR)
			throw error::from_errno(path, errno);
		if (put > 0)
			done += put;
	}
	if (::fchmod(file.get(), 0644) < 0 || ::fsync(file.get()) < 0)
		throw error::from_errno(path, errno);
}

} // namespace

void replace_file(const std::string &path, const std::vector<unsigned char> &bytes)
{
	std::string draft = path + ".XXXXXX";
	fd file(::mkostemp(draft.data(), O_CLOEXEC));

	if (!file)
		throw error::from_errno(path, errno);
	try {
		write_all(file, bytes, path);
		if (std::rename(draft.c_str(), path.c_str()) < 0)
			throw error::from_errno(path, errno);
	} catch (...) {
		::unlink(draft.c_str());
		throw;
	}
}

} // namespace waymark::symidx
