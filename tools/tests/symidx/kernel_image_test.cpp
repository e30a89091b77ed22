// SPDX-License-Identifier: GPL-2.0-or-later
/* Reading kernel images, whole and damaged. */
#include <gtest/gtest.h>

#include <elf.h>
#include <zlib.h>

#include <cstring>
#include <string>
#include <vector>

#include "symidx/kernel_image.hpp"

using namespace waymark::symidx;

namespace
{

using bytes = std::vector<unsigned char>;

constexpr std::uint64_t strings_at = 0x9000;

void put(bytes &out, const void *from, std::size_t size)
{
	const auto *raw = static_cast<const unsigned char *>(from);

	out.insert(out.end(), raw, raw + size);
}

void put32(bytes &out, std::uint32_t word)
{
	put(out, &word, sizeof(word));
}

/* 64-bit and little-endian like the host. */
Elf64_Ehdr header_of(std::uint16_t type)
{
	Elf64_Ehdr head{};

	std::memcpy(head.e_ident, ELFMAG, SELFMAG);
	head.e_ident[EI_CLASS] = ELFCLASS64;
	head.e_ident[EI_DATA] = ELFDATA2LSB;
	head.e_type = type;
	head.e_machine = EM_X86_64;
	return head;
}

/* A vmlinux of sections alone. */
class vmlinux
{
public:
	std::uint16_t type = ET_EXEC;

	vmlinux &section(const std::string &name, const bytes &contents, std::uint64_t address = 0,
			 std::uint32_t kind = SHT_PROGBITS)
	{
		Elf64_Shdr header{};

		header.sh_name = static_cast<std::uint32_t>(names_.size());
		put(names_, name.c_str(), name.size() + 1);
		header.sh_type = kind;
		header.sh_addr = address;
		header.sh_offset = sizeof(Elf64_Ehdr) + body_.size();
		header.sh_size = contents.size();
		put(body_, contents.data(), contents.size());
		headers_.push_back(header);
		return *this;
	}

	/* Entries of name and namespace, as offsets in the strings; "none" for no namespace. */
	static constexpr std::uint32_t none = UINT32_MAX;
	vmlinux &table(const std::string &name, std::uint64_t address,
		       const std::vector<std::pair<std::uint32_t, std::uint32_t>> &entries)
	{
		bytes raw;
		/* a distance from where it is written */
		const auto refer = [&](std::uint32_t string) {
			const std::uint64_t away = strings_at + string - address - raw.size();

			put32(raw, string == none ? 0 : static_cast<std::uint32_t>(away));
		};

		for (const auto &[symbol, space] : entries) {
			put32(raw, 0x1234);
			refer(symbol);
			refer(space);
		}
		return section(name, raw, address);
	}

	bytes finish()
	{
		section(".shstrtab", {}, 0, SHT_STRTAB);
		headers_.back().sh_size = names_.size();
		put(body_, names_.data(), names_.size());

		Elf64_Ehdr head = header_of(type);
		bytes out;

		head.e_shoff = sizeof(head) + body_.size();
		head.e_shnum = static_cast<std::uint16_t>(headers_.size());
		head.e_shstrndx = static_cast<std::uint16_t>(headers_.size() - 1);
		put(out, &head, sizeof(head));
		put(out, body_.data(), body_.size());
		put(out, headers_.data(), headers_.size() * sizeof(headers_[0]));
		return out;
	}

private:
	bytes names_{0};
	bytes body_;
	std::vector<Elf64_Shdr> headers_{Elf64_Shdr{}};
};

bytes text(const std::string &of)
{
	return {of.begin(), of.end()};
}

bytes note(std::uint32_t type, const bytes &contents)
{
	bytes out;

	put32(out, 4);
	put32(out, static_cast<std::uint32_t>(contents.size()));
	put32(out, type);
	put(out, "GNU", 4);
	put(out, contents.data(), contents.size());
	return out;
}

/* "open" at 0, "shut" at 5, "NET" at 10. */
vmlinux with_strings()
{
	vmlinux image;

	image.section("__ksymtab_strings", text(std::string("open\0shut\0NET\0", 14)), strings_at);
	return image;
}

vmlinux whole()
{
	vmlinux image = with_strings();
	bytes notes = note(NT_GNU_ABI_TAG, {0, 0, 0, 0});
	bytes crcs;

	const bytes id = note(NT_GNU_BUILD_ID, {1, 2, 3, 4, 5, 6, 7, 8});
	put(notes, id.data(), id.size());
	put32(crcs, 0xaaaa);
	image.table("__ksymtab", 0x1000, {{0, vmlinux::none}}).section("__kcrctab", crcs);
	image.table("__ksymtab_gpl", 0x2000, {{5, 10}}).section(".notes", notes, 0, SHT_NOTE);
	return image;
}

bytes bzimage(const bytes &payload, std::uint16_t version = 0x20f)
{
	bytes out(5 * 512);
	const auto size = static_cast<std::uint32_t>(payload.size());
	const std::uint32_t offset = 0;

	/* No number of sectors stands for four, and the boot sector. */
	std::memcpy(out.data() + 0x202, "HdrS", 4);
	std::memcpy(out.data() + 0x206, &version, sizeof(version));
	std::memcpy(out.data() + 0x248, &offset, sizeof(offset));
	std::memcpy(out.data() + 0x24c, &size, sizeof(size));
	put(out, payload.data(), payload.size());
	return out;
}

std::string image_refusal(const bytes &of)
{
	try {
		parse_kernel_image(of, "vmlinuz");
	} catch (const waymark::error &e) {
		return e.what();
	}
	return "";
}

void expect_whole(const kernel_image &image)
{
	EXPECT_EQ(image.machine, std::uint32_t{EM_X86_64});
	EXPECT_EQ(image.build_id, (bytes{1, 2, 3, 4, 5, 6, 7, 8}));
	ASSERT_TRUE(image.has_exports);
	ASSERT_EQ(image.exports.size(), 2u);
	EXPECT_EQ(image.exports[0].name, "open");
	EXPECT_EQ(image.exports[0].name_space, "");
	EXPECT_FALSE(image.exports[0].gpl);
	EXPECT_EQ(image.exports[0].crc, 0xaaaau);
	EXPECT_EQ(image.exports[1].name, "shut");
	EXPECT_EQ(image.exports[1].name_space, "NET");
	EXPECT_TRUE(image.exports[1].gpl);
}

TEST(kernel_image, reads_a_vmlinux_and_a_bzimage)
{
	expect_whole(parse_kernel_image(whole().finish(), "vmlinux"));
	expect_whole(parse_kernel_image(bzimage(whole().finish()), "vmlinuz"));
}

TEST(kernel_image, takes_gpl_from_the_table_of_flags)
{
	vmlinux image = with_strings();

	image.table("__ksymtab", 0x1000, {{0, vmlinux::none}, {5, vmlinux::none}});
	image.section("__kflagstab", {0, 1});
	const kernel_image read = parse_kernel_image(image.finish(), "vmlinux");

	ASSERT_EQ(read.exports.size(), 2u);
	EXPECT_FALSE(read.exports[0].gpl);
	EXPECT_TRUE(read.exports[1].gpl);
}

TEST(kernel_image, knows_what_it_cannot_tell)
{
	vmlinux odd_size = with_strings(), no_name = with_strings();

	EXPECT_FALSE(parse_kernel_image(vmlinux().finish(), "stripped").has_exports);
	EXPECT_FALSE(parse_kernel_image(with_strings().finish(), "no table").has_exports);
	/* One that is fine does not stay when the next one isn't. */
	odd_size.table("__ksymtab", 0x1000, {{0, vmlinux::none}});
	odd_size.section("__ksymtab_gpl", bytes(16), 0x2000);
	no_name.table("__ksymtab", 0x1000, {{0, vmlinux::none}, {1000, vmlinux::none}});
	for (vmlinux *image : {&odd_size, &no_name}) {
		const kernel_image read = parse_kernel_image(image->finish(), "vmlinux");

		EXPECT_FALSE(read.has_exports);
		EXPECT_TRUE(read.exports.empty());
	}
}

TEST(kernel_image, leaves_crcs_that_are_not_one_a_symbol)
{
	vmlinux image = with_strings();

	image.table("__ksymtab", 0x1000, {{0, vmlinux::none}}).section("__kcrctab", bytes(8, 0xff));
	const kernel_image read = parse_kernel_image(image.finish(), "vmlinux");

	ASSERT_EQ(read.exports.size(), 1u);
	EXPECT_FALSE(read.exports[0].crc.has_value());
}

TEST(kernel_image, refuses_what_is_none)
{
	vmlinux object = whole();

	object.type = ET_REL;
	EXPECT_NE(image_refusal(object.finish()).find("not a kernel image"), std::string::npos);
	EXPECT_NE(image_refusal({}).find("neither"), std::string::npos);
	EXPECT_NE(image_refusal(text("MZ and more")).find("neither"), std::string::npos);
	EXPECT_NE(image_refusal(bzimage(text("MZ and more"))).find("neither"), std::string::npos);
	EXPECT_NE(image_refusal(bzimage(whole().finish(), 0x207)).find("very old"), std::string::npos);
}

TEST(kernel_image, refuses_a_bzimage_that_is_cut_short_anywhere)
{
	const bytes image = bzimage(whole().finish());

	for (std::size_t size = 0; size < image.size(); size++)
		EXPECT_NE(image_refusal({image.begin(), image.begin() + size}), "") << size;
}

bytes gzipped(const bytes &of)
{
	z_stream gz{};
	bytes out(of.size() + 1024);

	EXPECT_EQ(deflateInit2(&gz, 1, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY), Z_OK);
	gz.next_in = const_cast<unsigned char *>(of.data());
	gz.avail_in = static_cast<uInt>(of.size());
	gz.next_out = out.data();
	gz.avail_out = static_cast<uInt>(out.size());
	EXPECT_EQ(deflate(&gz, Z_FINISH), Z_STREAM_END);
	out.resize(gz.total_out);
	deflateEnd(&gz);
	return out;
}

/* What a program header says is a note, a while behind it, and much that is hard to pack. */
bytes with_note_segment(std::uint64_t notes_at)
{
	const bytes id = note(NT_GNU_BUILD_ID, {8, 7, 6, 5});
	Elf64_Ehdr head = header_of(ET_EXEC);
	Elf64_Phdr segment{};
	bytes out;

	head.e_phoff = sizeof(head);
	head.e_phentsize = sizeof(segment);
	head.e_phnum = 1;
	segment.p_type = PT_NOTE;
	segment.p_offset = notes_at;
	segment.p_filesz = id.size();
	put(out, &head, sizeof(head));
	put(out, &segment, sizeof(segment));
	out.resize(8192);
	put(out, id.data(), id.size());
	for (std::uint32_t i = 0, noise = 1; i < 100000; i++, noise *= 1664525)
		put32(out, ++noise);
	return out;
}

TEST(kernel_image, has_an_identity_that_is_read_no_further_than_needed)
{
	bytes payload = gzipped(with_note_segment(8192));

	payload.resize(payload.size() / 2);
	const bytes image = bzimage(payload);
	EXPECT_NE(image_refusal(image), "");
	EXPECT_EQ(parse_kernel_identity(image, "vmlinuz").build_id, (bytes{8, 7, 6, 5}));
	EXPECT_EQ(parse_kernel_identity(image, "vmlinuz").machine, std::uint32_t{EM_X86_64});
	payload.resize(64);
	EXPECT_THROW(parse_kernel_identity(bzimage(payload), "vmlinuz"), waymark::error);
}

TEST(kernel_image, has_an_identity_without_program_headers)
{
	const bytes image = whole().finish();

	for (const bytes &kind : {image, bzimage(image), bzimage(gzipped(image))})
		EXPECT_EQ(parse_kernel_identity(kind, "vmlinuz").build_id,
			  (bytes{1, 2, 3, 4, 5, 6, 7, 8}));
}

TEST(kernel_image, has_no_identity_behind_its_end)
{
	for (std::uint64_t at : {std::uint64_t{1} << 20, std::uint64_t{1} << 29, UINT64_MAX})
		EXPECT_THROW(parse_kernel_identity(bzimage(gzipped(with_note_segment(at))), "vmlinuz"),
			     waymark::error);
}

TEST(kernel_image, refuses_a_file_that_is_not_there)
{
	EXPECT_THROW(read_kernel_image("/nonexistent/vmlinuz"), waymark::error);
}

} // namespace
