// SPDX-License-Identifier: LGPL-2.1-or-later
#include "symidx/device.hpp"

#include <sys/utsname.h>

#include <cerrno>
#include <map>

#include <linux/symbol_index.h>

#include "symidx/kernel_image.hpp"
#include "symidx/writer.hpp"
#include "waymark/fd.hpp"
#include "waymark/ioctl.hpp"

namespace waymark::symidx
{

namespace
{

/* The kernel's word is checked as well: texts stay within their record. */
std::string_view record_text(std::string_view record, std::uint32_t offset)
{
	if (offset >= record.size())
		throw error(device_path, "answers with a damaged record");
	const std::string_view rest = record.substr(offset);
	return rest.substr(0, rest.find('\0'));
}

running_export decode(std::string_view bytes, text_arena &arena)
{
	symbol_index_record record;
	running_export out;

	std::memcpy(&record, bytes.data(), sizeof(record));
	out.sym.name = arena.keep(record_text(bytes, record.name_offset));
	out.sym.name_space = arena.keep(record_text(bytes, record.namespace_offset));
	out.owner = arena.keep(record_text(bytes, record.owner_offset));
	out.sym.gpl = record.flags & SYMBOL_INDEX_RECORD_GPL_ONLY;
	if (record.flags & SYMBOL_INDEX_RECORD_CRC)
		out.sym.crc = record.crc;
	if (record.flags & SYMBOL_INDEX_RECORD_ADDRESS)
		out.sym.value = record.address;
	return out;
}

/* The records in @bytes, one after another. */
void decode_all(std::string_view bytes, text_arena &arena, std::vector<running_export> &out)
{
	while (!bytes.empty()) {
		symbol_index_record record;

		if (bytes.size() < sizeof(record))
			throw error(device_path, "answers with a damaged record");
		std::memcpy(&record, bytes.data(), sizeof(record));
		if (record.record_size < sizeof(record) || record.record_size > bytes.size())
			throw error(device_path, "answers with a damaged record");
		out.push_back(decode(bytes.substr(0, record.record_size), arena));
		bytes.remove_prefix(record.record_size);
	}
}

symbol_index index_from_listing()
{
	text_arena arena;
	std::map<std::string_view, writer_module> owners;
	struct utsname names;
	writer_input in;

	for (const running_export &one : list_running("", arena)) {
		writer_module &owner = owners[one.owner];

		owner.name = one.owner;
		owner.exports.push_back(one.sym);
		if (one.sym.crc)
			in.flags |= SYMBOL_INDEX_FORMAT_MODVERSIONS;
	}
	if (::uname(&names) < 0)
		throw error::from_errno("uname", errno);
	in.release = names.release;
	in.flags |= SYMBOL_INDEX_FORMAT_SNAPSHOT;
	in.build_id = running_build_id();
	in.modules.push_back(std::move(owners["vmlinux"]));
	in.modules[0].name = "vmlinux";
	owners.erase("vmlinux");
	for (auto &[name, owner] : owners)
		in.modules.push_back(std::move(owner));

	const auto bytes = write_index(in);

	return symbol_index::from_memory(bytes.data(), bytes.size(), device_path);
}

} // namespace

fd open_running_device()
{
	fd device(::open(device_path, O_RDONLY | O_CLOEXEC));

	if (!device && (errno == ENOENT || errno == ENXIO || errno == ENODEV))
		throw error(device_path, "not there: load the module with \"modprobe symbol_index\"");
	if (!device)
		throw error::from_errno(device_path, errno);
	return device;
}

std::vector<running_export> list_running(const std::string &owner, text_arena &arena)
{
	const fd device = open_running_device();
	std::vector<char> buffer(1 << 18);
	std::vector<running_export> out;
	std::string after;

	for (;;) {
		symbol_index_list list{};

		list.owner = owner.empty() ? 0 : reinterpret_cast<std::uintptr_t>(owner.c_str());
		list.after = after.empty() ? 0 : reinterpret_cast<std::uintptr_t>(after.c_str());
		list.buffer = reinterpret_cast<std::uintptr_t>(buffer.data());
		list.buffer_size = static_cast<std::uint32_t>(buffer.size());
		call_ioctl(device, SYMBOL_INDEX_IOC_LIST, list, device_path);
		if (list.length > buffer.size())
			throw error(device_path, "answers with a damaged record");
		decode_all({buffer.data(), list.length}, arena, out);
		if (!(list.status & SYMBOL_INDEX_LIST_MORE))
			return out;
		if (out.empty() || out.back().sym.name <= after)
			throw error(device_path, "does not come to an end");
		after = out.back().sym.name;
	}
}

std::vector<running_export> lookup_running(const fd &device, const std::string &name,
					   text_arena &arena)
{
	std::vector<char> buffer(4096);
	std::vector<running_export> out;

	for (;;) {
		symbol_index_lookup lookup{};

		lookup.name = reinterpret_cast<std::uintptr_t>(name.c_str());
		lookup.buffer = reinterpret_cast<std::uintptr_t>(buffer.data());
		lookup.buffer_size = static_cast<std::uint32_t>(buffer.size());
		const int errnum = try_ioctl(device, SYMBOL_INDEX_IOC_LOOKUP, lookup);

		/* No symbol has an empty name, or one that long. */
		if (errnum == ENOENT || errnum == ENAMETOOLONG || (errnum == EINVAL && name.empty()))
			return out;
		if (errnum == EMSGSIZE && lookup.length > buffer.size()) {
			buffer.resize(lookup.length);
			continue;
		}
		if (errnum)
			throw error::from_errno(name, errnum);
		if (lookup.length > buffer.size())
			throw error(device_path, "answers with a damaged record");
		decode_all({buffer.data(), lookup.length}, arena, out);
		return out;
	}
}

symbol_index open_running()
{
	symbol_index_info info{};
	const fd device = open_running_device();

	call_ioctl(device, SYMBOL_INDEX_IOC_INFO, info, device_path);
	if (info.capabilities & SYMBOL_INDEX_CAP_SNAPSHOT)
		return symbol_index::map_device(device_path);
	return index_from_listing();
}

} // namespace waymark::symidx
