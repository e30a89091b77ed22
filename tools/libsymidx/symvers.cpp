// SPDX-License-Identifier: LGPL-2.1-or-later
#include "symidx/symvers.hpp"

#include <charconv>

#include "waymark/error.hpp"

namespace waymark::symidx
{

/* One line a symbol: 0xCRC NAME MODULE EXPORT_TYPE NAMESPACE, tabs between. */
std::vector<symvers_export> parse_symvers(std::string_view text, const std::string &object)
{
	std::vector<symvers_export> out;
	std::size_t line_number = 0;

	while (!text.empty()) {
		const std::size_t end = std::min(text.find('\n'), text.size());
		std::string_view line = text.substr(0, end);
		std::string_view field[5];
		symvers_export entry;
		std::uint32_t crc = 0;
		int count = 0;

		text.remove_prefix(std::min(end + 1, text.size()));
		line_number++;
		while (count < 5) {
			const std::size_t tab = std::min(line.find('\t'), line.size());

			field[count++] = line.substr(0, tab);
			if (tab == line.size())
				break;
			line.remove_prefix(tab + 1);
		}
		const std::string_view hex = field[0].substr(0, 2) == "0x" ? field[0].substr(2) : "";
		const auto parsed = std::from_chars(hex.data(), hex.data() + hex.size(), crc, 16);

		if (count < 4 || hex.empty() || parsed.ptr != hex.data() + hex.size() ||
		    parsed.ec != std::errc() || field[1].empty() || field[2].empty())
			throw error(object, "line " + std::to_string(line_number) +
						    ": not CRC, symbol, module, kind of export");
		entry.sym.name = field[1];
		entry.sym.crc = crc;
		entry.sym.gpl = field[3].find("_GPL") != field[3].npos;
		entry.sym.name_space = field[4];
		entry.module = field[2];
		out.push_back(entry);
	}
	return out;
}

} // namespace waymark::symidx
