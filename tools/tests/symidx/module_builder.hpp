// SPDX-License-Identifier: GPL-2.0-or-later
/* Makes module files (64-bit, little-endian) with whatever a test needs in them. */
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

namespace sample
{

class module_builder
{
public:
	std::uint16_t machine = 62; /* EM_X86_64 */
	std::uint16_t elf_type = 1; /* ET_REL */
	std::size_t module_size = 1280;
	bool with_versions = true;
	bool with_extended_versions = false;
	bool with_signature = false;
	bool all_local = false; /* or so says sh_info of the table of symbols */
	bool with_export_symbols = true; /* __ksymtab_*, which strip --strip-unneeded takes */
	std::uint64_t init_offset = 0; /* in struct module; 0: it has no init */
	std::uint32_t layout_crc = 0; /* 0: no entry */

	/* Alters nothing of the above: the name, licence and vermagic of sample::input(). */
	module_builder();

	module_builder &info(const std::string &tag, const std::string &value);
	module_builder &drop_info(const std::string &tag);
	module_builder &needs(const std::string &name, std::optional<std::uint64_t> crc,
			      bool weak = false);
	module_builder &exports(const std::string &name, std::uint32_t crc, bool gpl = false,
				const std::string &name_space = "");

	module_builder &section(const std::string &name, std::uint64_t flags,
				const std::vector<unsigned char> &contents);
	/* At the start of such a section, to the start of another one or of .modinfo. */
	module_builder &relocation(const std::string &section, const std::string &to,
				   std::uint32_t type);

	std::vector<unsigned char> bytes() const;

private:
	struct need {
		std::string name;
		std::optional<std::uint64_t> crc;
		bool weak;
	};
	struct offer {
		std::string name;
		std::uint32_t crc;
		bool gpl;
		std::string name_space;
	};
	std::vector<std::pair<std::string, std::string>> infos_;
	std::vector<need> needs_;
	std::vector<offer> offers_;
	std::vector<std::tuple<std::string, std::uint64_t, std::vector<unsigned char>>> sections_;
	std::vector<std::tuple<std::string, std::string, std::uint32_t>> relocations_;
};

} // namespace sample
