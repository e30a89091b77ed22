// SPDX-License-Identifier: GPL-2.0-or-later
/* symidx preflight: which modules will be missed after the next boot? */
#include <algorithm>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <map>
#include <set>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "commands.hpp"
#include "installed.hpp"
#include "source.hpp"
#include "symidx/checker.hpp"
#include "symidx/tree.hpp"
#include "verdict_text.hpp"
#include "waymark/table.hpp"

namespace waymark::symidx
{

namespace fs = std::filesystem;

namespace
{

struct preflight_arguments {
	std::string release;
	std::string root;
	std::string loaded;
	bool quiet = false;
};

struct missing_module {
	std::string name;
	bool is_used = false;
	std::string cure;
};

struct findings {
	std::vector<std::pair<std::string, verdict>> judged; /* by their files */
	std::vector<missing_module> missing; /* loaded now, and not installed there */
	std::size_t used = 0;
	std::size_t failing = 0;
};

/* {name: whether it is from outside the kernel's tree}, as /proc/modules says. */
std::map<std::string, bool> loaded_modules(const std::string &path)
{
	std::ifstream in(path);
	std::map<std::string, bool> out;
	std::string line;

	while (std::getline(in, line)) {
		const std::size_t taints = line.find(" (");

		out[line.substr(0, line.find(' '))] =
			taints != line.npos && line.find('O', taints) != line.npos;
	}
	return out;
}

/* "zfs/2.3.1" of the DKMS tree that builds @module; empty if there is none. */
std::string dkms_source_of(const std::string &root, const std::string &module)
{
	std::error_code ec;
	const fs::path top = root + "/var/lib/dkms";

	for (const auto &package : fs::directory_iterator(top, ec)) {
		std::error_code inner;

		for (const auto &version : fs::directory_iterator(package.path(), inner)) {
			std::ifstream conf(version.path() / "source/dkms.conf");
			std::string line;

			while (std::getline(conf, line))
				if (line.find("BUILT_MODULE_NAME") != line.npos &&
				    (line.find('"' + module + '"') != line.npos ||
				     line.find('=' + module) != line.npos))
					return package.path().filename().string() + "/" +
					       version.path().filename().string();
		}
	}
	return {};
}

std::string cure_of(const std::string &root, const std::string &module, const std::string &release)
{
	const std::string source = dkms_source_of(root, module);

	if (source.empty())
		return "build and install " + module + " for " + release;
	return "dkms install " + source + " -k " + release;
}

findings look(const preflight_arguments &args, const symbol_index &idx,
	       const std::map<std::string, bool> &loaded)
{
	installed_modules installed(args.root, idx);
	const std::set<std::string> built_in = built_in_modules(args.root, idx.release());
	check_environment env;
	findings out;

	env.built_in = built_in;
	env.installed = [&](std::string_view name) { return installed.find(name); };
	const checker judge(idx, env);

	for (const std::string &name : installed.foreign()) {
		const std::string path = installed.path_of(name);
		const std::string unreadable = installed.problem_of(name);
		verdict v;

		if (unreadable.empty()) {
			v = judge.check(*installed.find(name));
		} else {
			v.module = name;
			v.problems.push_back({problem_kind::unreadable, "", unreadable, "", "", "", ""});
		}
		for (problem &one : v.problems)
			if (one.kind != problem_kind::signature)
				one.remedy += (one.remedy.empty() ? "" : "; ") +
					      cure_of(args.root, one.module.empty() ? name : one.module,
						      std::string(idx.release()));
		out.used++;
		out.failing += !v.loads();
		out.judged.emplace_back(path, std::move(v));
	}
	for (const auto &[name, is_foreign] : loaded) {
		if (installed.has(name) || built_in.count(name))
			continue;
		out.missing.push_back({name, is_foreign,
				       cure_of(args.root, name, std::string(idx.release()))});
		out.used += is_foreign;
		out.failing += is_foreign;
	}
	return out;
}

void print_text(const findings &found, std::string_view release, bool quiet)
{
	for (const auto &[path, v] : found.judged)
		print_verdict(path, v, quiet);
	for (const missing_module &one : found.missing) {
		if (!one.is_used && quiet)
			continue;
		std::cout << printable(one.name) << ": loaded now, and "
			  << (one.is_used ? "not installed for " : "no module of that name is in ")
			  << release << '\n';
		if (one.is_used)
			std::cout << "    -> " << printable(one.cure) << '\n';
	}
	std::cout << found.failing << " of " << found.used
		  << " modules from outside the kernel's package will not load on " << release << '\n';
}

void print_as_json(const findings &found, const symbol_index &idx, const output_options &output)
{
	json modules = json::array();
	json missing = json::array();

	for (const auto &[path, v] : found.judged)
		modules.push_back(verdict_json(path, v));
	for (const missing_module &one : found.missing)
		missing.push_back({{"module", one.name},
				   {"out_of_tree", one.is_used},
				   {"remedy", one.is_used ? json(one.cure) : json()}});
	print_json({{"kernel", idx.release()},
		    {"modules", modules},
		    {"missing", missing},
		    {"used", found.used},
		    {"failing", found.failing}},
		   output);
}

void preflight(preflight_arguments &args, const output_options &output)
{
	if (args.release.empty()) {
		const std::vector<std::string> releases = installed_releases(args.root);

		if (releases.empty())
			throw error(args.root + "/lib/modules", "no kernel is installed there");
		args.release = releases.front();
	}
	if (args.loaded.empty() && args.root.empty())
		args.loaded = "/proc/modules";
	const symbol_index idx = open_release(args.root, args.release);
	const findings found = look(args, idx, loaded_modules(args.loaded));

	if (output.as_json)
		print_as_json(found, idx, output);
	else
		print_text(found, idx.release(), args.quiet);
	if (found.failing)
		throw exit_with{status::failed};
}

} // namespace

void add_preflight(CLI::App &app, output_options &output)
{
	auto args = std::make_shared<preflight_arguments>();
	CLI::App *command = app.add_subcommand(
		"preflight", "will what this machine uses load after the reboot, and if not, why");

	command->add_option("--kernel", args->release,
			    "the kernel to be booted (as uname -r); default: the newest that is installed")
		->type_name("VERSION");
	command->add_option("--root", args->root, "root of the file system that holds the kernel")
		->type_name("DIR");
	command->add_option("--loaded", args->loaded,
			    "what is loaded now, as /proc/modules; default: that, without --root")
		->type_name("FILE");
	command->add_flag("-q,--quiet", args->quiet, "print only modules that will not load");
	command->callback([args, &output] { preflight(*args, output); });
}

} // namespace waymark::symidx
