// SPDX-License-Identifier: LGPL-2.1-or-later
/* Reads BTF (the kernel's Documentation/bpf/btf.rst), of a kernel or of a module based on it. */
#pragma once

#include <cstdint>
#include <string>

#include "symidx/elf_file.hpp"

namespace waymark::symidx
{

/* What types and names of a base come before those of a module. */
struct btf_limits {
	std::uint32_t types = 0;   /* void included; 0: there is no base */
	std::uint32_t strings = 0; /* bytes */
};

class btf_reader
{
public:
	/* Little-endian @bytes, of a section. */
	btf_reader(byte_view bytes, btf_limits below) : bytes_(bytes), below_(below) {}

	/* Why the kernel would refuse it; empty if it would not. */
	std::string check();
	/* After a check that found nothing: those for what is based on this. */
	btf_limits limits() const noexcept;

private:
	std::string check_header();
	std::string count_types();
	std::string check_types();
	std::string check_type(std::uint64_t at, std::uint64_t size);
	std::string check_members(std::uint64_t at, std::uint32_t kind, std::uint32_t count, bool flag);
	std::uint32_t word(std::uint64_t at) const noexcept;
	/* Bytes of the type at @at, 0 for an unknown kind. */
	std::uint64_t size_of(std::uint64_t at) const noexcept;
	bool is_name(std::uint32_t offset) const noexcept { return offset < below_.strings + strings_size_; }
	bool is_identifier(std::uint32_t offset, bool dots) const noexcept;
	bool is_type(std::uint32_t id) const noexcept { return id < total_; }

	byte_view bytes_;
	btf_limits below_;
	std::uint64_t types_ = 0; /* where they begin */
	std::uint64_t types_size_ = 0;
	std::uint64_t strings_ = 0;
	std::uint64_t strings_size_ = 0;
	std::uint32_t count_ = 0;
	std::uint32_t total_ = 0;
};

} // namespace waymark::symidx
