// SPDX-License-Identifier: LGPL-2.1-or-later
#include "kernel_payload.hpp"

#include <elf.h>
#include <endian.h>

#include <algorithm>
#include <cstring>

namespace waymark::symidx
{

std::uint32_t le32_at(byte_view bytes, std::size_t at)
{
	std::uint32_t raw;

	std::memcpy(&raw, bytes.data() + at, sizeof(raw));
	return le32toh(raw);
}

namespace
{

/* The boot protocol of x86 (Documentation/arch/x86/boot.rst of the kernel). */
constexpr std::size_t boot_setup_sectors = 0x1f1;
constexpr std::size_t boot_magic = 0x202;
constexpr std::size_t boot_version = 0x206;
constexpr std::size_t boot_payload_offset = 0x248;
constexpr std::size_t boot_payload_length = 0x24c;
constexpr std::size_t boot_header_end = 0x250;

/* The header of EFI's self-extracting images (drivers/firmware/efi/libstub/zboot-header.S). */
constexpr std::size_t zboot_magic = 4;
constexpr std::size_t zboot_offset = 8;
constexpr std::size_t zboot_length = 12;
constexpr std::size_t zboot_header_end = 64;

/* Where arm64 and riscv Images, and zImages of ARM, have their marks. */
constexpr std::size_t image_magic = 56;
constexpr std::size_t zimage_magic = 0x24;

/* No kernel is smaller than that when it is unpacked. */
constexpr std::size_t least_kernel = std::size_t{2} << 20;
/* The code that unpacks comes first. */
constexpr std::size_t furthest_payload = std::size_t{4} << 20;
constexpr unsigned int most_attempts = 16;

/* vDSOs in a kernel have build ids of their own, not far behind their ELF header. */
constexpr std::size_t vdso_reach = 8192;

bool has(byte_view bytes, std::size_t at, std::string_view magic)
{
	return bytes.size() >= at + magic.size() &&
	       !std::memcmp(bytes.data() + at, magic.data(), magic.size());
}

bool is_elf(byte_view bytes)
{
	return has(bytes, 0, {ELFMAG, SELFMAG});
}

/* Of an image that is not compressed (any more). */
std::uint32_t machine_of_image(byte_view bytes)
{
	using namespace std::string_view_literals;

	if (has(bytes, image_magic, "ARM\x64"sv))
		return EM_AARCH64;
	if (has(bytes, image_magic, "RSC\x05"sv))
		return EM_RISCV;
	return 0;
}

byte_view zboot_payload(byte_view bytes, const std::string &object)
{
	if (bytes.size() < zboot_header_end || !has(bytes, 0, "MZ") || !has(bytes, zboot_magic, "zimg"))
		return {};
	const std::uint64_t start = le32_at(bytes, zboot_offset), length = le32_at(bytes, zboot_length);

	if (start > bytes.size() || length > bytes.size() - start)
		throw error(object, "truncated kernel image");
	return bytes.subspan(start, length);
}

/* The first compressed stream behind the code that unpacks it which turns out to hold a kernel. */
byte_view find_payload(byte_view bytes, decompressor &unpacker)
{
	const std::size_t end = std::min(bytes.size(), furthest_payload);
	unsigned int attempts = 0;

	for (std::size_t at = 1; at + 8 < end && attempts < most_attempts; at++) {
		const byte_view rest = bytes.subspan(at);

		if (rest[0] != 0x1f && rest[0] != 0xfd && rest[0] != 0x28 && rest[0] != 0x02)
			continue;
		const compression how = compression_of(rest);

		if (how == compression::none || how == compression::unsupported)
			continue;
		attempts++;
		try {
			const byte_view unpacked = unpacker.unpack(rest, "kernel");

			if (unpacked.size() >= least_kernel)
				return unpacked;
		} catch (const error &) {
			/* Those bytes meant something else. */
		}
	}
	return {};
}

} // namespace

byte_view bzimage_payload(byte_view bytes, const std::string &object)
{
	if (bytes.size() < boot_header_end || std::memcmp(bytes.data() + boot_magic, "HdrS", 4))
		return {};
	if ((bytes[boot_version] | bytes[boot_version + 1] << 8) < 0x208)
		throw error(object, "a kernel image of an unknown, very old kind");

	const std::uint64_t sectors = bytes[boot_setup_sectors] ? bytes[boot_setup_sectors] : 4;
	const std::uint64_t start = (sectors + 1) * 512 + le32_at(bytes, boot_payload_offset);
	const std::uint64_t length = le32_at(bytes, boot_payload_length);

	if (start > bytes.size() || length > bytes.size() - start)
		throw error(object, "truncated kernel image");
	return bytes.subspan(start, length);
}

kernel_payload unpack_kernel(byte_view contents, const std::string &object, decompressor &unpacker)
{
	using namespace std::string_view_literals;
	kernel_payload out;
	std::size_t unpacked = 0;

	out.bytes = bzimage_payload(contents, object);
	/* A payload ends in the size of what it holds (of the kernel: scripts/Makefile.lib). */
	if (out.bytes.size() > sizeof(std::uint32_t))
		unpacked = le32_at(out.bytes, out.bytes.size() - sizeof(std::uint32_t));
	if (out.bytes.empty())
		out.bytes = zboot_payload(contents, object);
	if (out.bytes.empty())
		out.bytes = contents;
	if (compression_of(out.bytes) != compression::none)
		out.bytes = unpacker.unpack(out.bytes, object, unpacked);
	out.is_elf = is_elf(out.bytes);
	out.machine = machine_of_image(out.bytes);
	if (out.is_elf || out.machine)
		return out;
	if (has(out.bytes, zimage_magic, "\x18\x28\x6f\x01"sv))
		out.machine = EM_ARM;
	out.bytes = find_payload(contents, unpacker);
	out.is_elf = is_elf(out.bytes);
	if (out.bytes.empty())
		throw error(object, "neither a vmlinux nor another kind of kernel image that is known");
	return out;
}

byte_view build_id_in(byte_view kernel, bool big_endian)
{
	using namespace std::string_view_literals;
	const std::string_view mark = big_endian ? "\0\0\0\x04\0\0\0\x14\0\0\0\x03GNU\0"sv
						 : "\x04\0\0\0\x14\0\0\0\x03\0\0\0GNU\0"sv;
	constexpr std::size_t id_size = 20;
	const std::string_view text(reinterpret_cast<const char *>(kernel.data()), kernel.size());
	byte_view found;

	for (std::size_t at = text.find(mark); at != text.npos; at = text.find(mark, at + 1)) {
		const std::size_t from = at > vdso_reach ? at - vdso_reach : 0;

		if (at % 4 || at + mark.size() + id_size > text.size() ||
		    text.substr(from, at - from).find("\x7f" "ELF"sv) != text.npos)
			continue;
		if (!found.empty())
			return {};
		found = kernel.subspan(at + mark.size(), id_size);
	}
	return found;
}

} // namespace waymark::symidx
