// SPDX-License-Identifier: GPL-2.0-or-later
/* Writes a module for tests of the command: sample_module FILE NAME [SYMBOL...] */
#include <fstream>
#include <iostream>

#include "module_builder.hpp"

int main(int argc, char **argv)
{
	sample::module_builder module;

	if (argc < 3) {
		std::cerr << "usage: sample_module FILE NAME [SYMBOL...]\n";
		return 2;
	}
	module.drop_info("name").info("name", argv[2]);
	for (int i = 3; i < argc; i++)
		module.needs(argv[i], 0x11111111);
	const auto bytes = module.bytes();
	std::ofstream out(argv[1], std::ios::binary);

	out.write(reinterpret_cast<const char *>(bytes.data()),
		  static_cast<std::streamsize>(bytes.size()));
	return out.flush() ? 0 : 1;
}
