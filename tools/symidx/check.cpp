// SPDX-License-Identifier: GPL-2.0-or-later
/* symidx check: will these modules load? */
#include <unistd.h>

#include <fstream>
#include <iostream>
#include <set>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "check_files.hpp"
#include "commands.hpp"
#include "installed.hpp"
#include "source.hpp"
#include "symidx/checker.hpp"
#include "symidx/module_set.hpp"
#include "symidx/tree.hpp"
#include "verdict_text.hpp"
#include "waymark/table.hpp"

namespace waymark::symidx
{

namespace
{

struct check_arguments {
	source_options source;
	std::vector<std::string> words;
	bool quiet = false;
	bool separately = false;
};

/* The other installed kernels, newest first; one is opened when those before lack a symbol. */
class other_kernels
{
public:
	other_kernels(std::string root, std::string_view except)
		: root_(std::move(root)), except_(except)
	{
	}

	std::string find(std::string_view name)
	{
		if (!listed_)
			releases_ = installed_releases(root_);
		listed_ = true;
		for (std::size_t i = 0; i < indexes_.size() || open_next(); i++)
			if (const auto pos = indexes_[i].find(name))
				return where(indexes_[i], *pos);
		return {};
	}

private:
	static std::string where(const symbol_index &idx, std::uint32_t pos)
	{
		return std::string(idx.release()) + " (exported by " +
		       std::string(idx.module_at(idx.symbol_at(pos).owner).name) + ")";
	}

	/* False if there is none left. */
	bool open_next()
	{
		while (next_ < releases_.size()) {
			const std::string &release = releases_[next_++];

			if (release == except_)
				continue;
			try {
				indexes_.push_back(open_release(root_, release));
				return true;
			} catch (const error &) {
				/* A hint only: from what cannot be read there is none. */
			}
		}
		return false;
	}

	std::string root_;
	std::string except_;
	bool listed_ = false;
	std::vector<std::string> releases_;
	std::size_t next_ = 0;
	std::vector<symbol_index> indexes_;
};

std::string first_word(const char *path)
{
	std::ifstream in(path);
	std::string word;

	in >> word;
	return word;
}

/* What is in sysfs and was not loaded has no state. */
std::set<std::string> built_in_with_place(const std::vector<std::string> &files)
{
	std::set<std::string> names;

	for (const std::string &file : files) {
		const std::string name = module_name_of(file);
		const std::string folder = "/sys/module/" + name;

		if (::access(folder.c_str(), F_OK) == 0 &&
		    ::access((folder + "/initstate").c_str(), F_OK) < 0)
			names.insert(name);
	}
	return names;
}

/* What only the running kernel can tell. */
check_environment running_environment(const std::vector<std::string> &files)
{
	check_environment env;
	std::ifstream in("/sys/kernel/security/lockdown");
	std::string word;

	env.is_running = true;
	env.in_sysfs = built_in_with_place(files);
	env.modules_disabled = first_word("/proc/sys/kernel/modules_disabled") == "1";
	while (in >> word)
		if (word == "[integrity]" || word == "[confidentiality]") {
			env.signature_enforced = true;
			env.enforced_by = "kernel lockdown (" + word.substr(1, word.size() - 2) + ")";
		}
	if (first_word("/sys/module/module/parameters/sig_enforce") == "Y") {
		env.signature_enforced = true;
		env.enforced_by = "the running kernel (module.sig_enforce)";
	}
	return env;
}

void check(const check_arguments &args, const output_options &output)
{
	const symbol_index idx = args.source.open_file();
	/* Of an index by itself it is not known where its modules are. */
	const bool knows_folder = args.source.file.empty();
	const std::vector<std::string> files =
		files_to_check(args.words, idx, knows_folder ? &args.source.root : nullptr);
	module_set modules(files, 0, module_detail::check, file_data::access::copy, rules_of(idx));
	other_kernels others(args.source.root, idx.release());
	check_environment env =
		args.source.is_running_kernel() ? running_environment(files) : check_environment();
	bool all_load = true;
	json list = json::array();

	env.built_in = built_in_modules(args.source.root, idx.release());
	installed_modules installed(args.source.root, idx);

	if (knows_folder && !args.separately)
		env.installed = [&](std::string_view name) { return installed.find(name); };
	env.where_else = [&](std::string_view name) { return others.find(name); };

	checker judge(idx, env);
	const auto &results = modules.wait();

	for (const read_module_result &one : results)
		if (one.problem.empty() && !args.separately)
			judge.offer(one.mod);
	for (std::size_t i = 0; i < results.size(); i++) {
		verdict v;

		if (results[i].problem.empty()) {
			v = judge.check(results[i].mod);
		} else {
			v.module = module_name_of(files[i]);
			v.problems.push_back({problem_kind::unreadable, "", results[i].problem, "", "",
					      "", ""});
		}
		all_load &= v.loads();
		if (output.as_json)
			list.push_back(verdict_json(files[i], v));
		else
			print_verdict(files[i], v, args.quiet);
	}
	if (output.as_json)
		print_json({{"kernel", idx.release()},
			    {"build_id", idx.build_id()},
			    {"all_load", all_load},
			    {"modules", list}},
			   output);
	if (!all_load)
		throw exit_with{status::failed};
}

} // namespace

void add_check(CLI::App &app, output_options &output)
{
	auto args = std::make_shared<check_arguments>();
	CLI::App *command = app.add_subcommand("check", "will these modules load, and if not, why");

	args->source.add_to(*command);
	command->add_flag("-q,--quiet", args->quiet, "print only modules that will not load");
	command->add_flag("--separately", args->separately,
			  "judge each file as if the others were not there");
	command->add_option("FILE", args->words,
			    "modules, compressed or not, folders of them, or names of installed ones")
		->required();
	command->callback([args, &output] { check(*args, output); });
}

} // namespace waymark::symidx
