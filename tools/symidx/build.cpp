// SPDX-License-Identifier: GPL-2.0-or-later
/* symidx build: write the index of an installed kernel or of a build tree. */
#include <algorithm>
#include <filesystem>
#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "source.hpp"
#include "symidx/tree.hpp"
#include "symidx/writer.hpp"
#include "waymark/table.hpp"

namespace waymark::symidx
{

namespace
{

struct build_arguments {
	std::string release;
	std::string root;
	std::string tree;
	std::string output;
	std::string build_id;
	bool update = false;
	build_options given; /* what overrides what is found */
};

std::vector<unsigned char> parse_hex(const std::string &text)
{
	std::vector<unsigned char> bytes;

	if (text.size() % 2 || text.find_first_not_of("0123456789abcdefABCDEF") != text.npos)
		throw error(text, "not a build id in hexadecimal", status::usage);
	for (std::size_t i = 0; i < text.size(); i += 2)
		bytes.push_back(static_cast<unsigned char>(std::stoi(text.substr(i, 2), nullptr, 16)));
	return bytes;
}

/* What changed since, where an index of this kernel is there; all of it otherwise. */
build_result make(const build_arguments &args, const build_options &options)
{
	std::error_code ec;

	if (args.update && std::filesystem::exists(args.output, ec) &&
	    is_kernel_unchanged(args.output, options)) {
		try {
			const symbol_index old = symbol_index::open(args.output);

			if (old.release() == options.release)
				return update_index(old, args.output, options);
		} catch (const error &) {
			/* A damaged one is made anew. */
		}
	}
	return build_index(options);
}

void build(build_arguments &args, const output_options &output)
{
	const bool from_tree = !args.tree.empty();

	if (args.release.empty() && !from_tree)
		args.release = running_release();

	build_options options = from_tree ? locate_build_tree(args.tree)
					  : locate_kernel(args.root, args.release);

	if (from_tree && !args.release.empty())
		options.release = args.release;
	if (!args.given.image.empty())
		options.image = args.given.image;
	if (!args.given.symvers.empty()) {
		options.symvers = args.given.symvers;
		options.prefer_symvers = true;
	}
	if (!args.given.config.empty())
		options.config = args.given.config;
	options.build_id = parse_hex(args.build_id);
	options.threads = args.given.threads;
	if (args.output.empty())
		args.output = from_tree ? options.modules + "/symbol_index.bin"
					: index_path(args.root, args.release);

	const build_result result = make(args, options);
	/* What was written has to be readable: refuse here, not at the next search. */
	const symbol_index idx = symbol_index::from_memory(result.bytes.data(), result.bytes.size(),
							   args.output);

	replace_file(args.output, result.bytes);
	for (const std::string &reason : result.skipped)
		std::cerr << "symidx: " << printable(reason) << " (not in the index)\n";
	if (!result.has_build_id)
		std::cerr << "symidx: " << args.output
			  << ": without the kernel's build id, which its image does not tell: "
			     "good for searching and checking, the running kernel refuses it\n";
	json replaced = json::array();

	for (const auto &[file, by] : result.replaced) {
		replaced.push_back({{"file", file}, {"by", by}});
		if (!output.as_json)
			std::cerr << "symidx: " << printable(file) << ": not in the index, "
				  << printable(by) << " stands for the module of that name\n";
	}
	if (output.as_json) {
		print_json({{"file", args.output},
			    {"release", idx.release()},
			    {"build_id", idx.build_id()},
			    {"bytes", idx.size()},
			    {"symbols", idx.nr_symbols()},
			    {"modules", result.modules},
			    {"imports", idx.nr_imports()},
			    {"skipped", result.skipped},
			    {"replaced", replaced}},
			   output);
	} else {
		std::cout << args.output << ": " << idx.nr_symbols() << " symbols of the kernel and "
			  << result.modules << " modules, " << idx.size() << " bytes\n";
	}
	if (!result.skipped.empty())
		throw exit_with{status::failed};
}

} // namespace

void add_build(CLI::App &app, output_options &output)
{
	auto args = std::make_shared<build_arguments>();
	CLI::App *command = app.add_subcommand("build", "write the index of a kernel");
	auto *kernel = command->add_option("--kernel", args->release,
					   "index this installed kernel; default: uname -r");
	auto *tree = command->add_option("--tree", args->tree, "index a finished kernel build");

	kernel->type_name("VERSION");
	tree->type_name("DIR");
	command->add_option("--root", args->root, "root of the file system that holds the kernel")
		->type_name("DIR")
		->excludes(tree);
	command->add_option("-o,--output", args->output,
			    "file to write; default: symbol_index.bin beside the modules")
		->type_name("FILE");
	command->add_option("--image", args->given.image, "the kernel image (vmlinux or bzImage)")
		->type_name("FILE");
	command->add_option("--symvers", args->given.symvers, "the kernel's Module.symvers")
		->type_name("FILE");
	command->add_option("--config", args->given.config, "the kernel's .config")
		->type_name("FILE");
	command->add_option("--build-id", args->build_id, "instead of the image's")
		->type_name("HEX");
	command->add_flag("--update", args->update,
			  "read only modules that are newer than the index, if the kernel is not");
	command->add_option("--threads", args->given.threads, "default: one a processor")
		->type_name("N");
	command->callback([args, &output] { build(*args, output); });
}

} // namespace waymark::symidx
