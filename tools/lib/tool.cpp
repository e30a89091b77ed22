// SPDX-License-Identifier: LGPL-2.1-or-later
#include "waymark/tool.hpp"

#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "waymark/table.hpp"
#include "waymark/version.hpp"

namespace waymark
{

namespace
{

int report(const std::string &name, const error &e, const output_options &options)
{
	complain(name, e);
	if (options.as_json)
		print_json({{"error",
			     {{"object", e.object()}, {"reason", e.what()}}}},
			   options);
	return static_cast<int>(e.exit_status());
}

int parse_and_run(CLI::App &app, const std::string &name, int argc, char **argv,
		  const output_options &options)
{
	try {
		app.parse(argc, argv);
		return static_cast<int>(status::done);
	} catch (const CLI::Success &e) {
		return app.exit(e, std::cout, std::cerr); /* -h and -V */
	} catch (const CLI::ParseError &e) {
		return report(name, error("", std::string(e.what()) + " (see --help)", status::usage),
			      options);
	} catch (const exit_with &e) {
		return static_cast<int>(e.st);
	} catch (const error &e) {
		return report(name, e, options);
	} catch (const std::system_error &e) {
		return report(name, error("", e.code().message()), options);
	} catch (const std::bad_alloc &) {
		return report(name, error("", "out of memory"), options);
	}
}

} // namespace

void complain(const std::string &tool, const error &e, const std::string &consequence)
{
	std::string line = tool + ": ";

	if (!e.object().empty())
		line += printable(e.object()) + ": ";
	line += printable(e.what());
	if (!consequence.empty())
		line += "; " + consequence;
	/* At once, so that the lines of several processes do not mix. */
	std::cerr << line + '\n';
}

void print_json(const json &value, const output_options &options)
{
	std::cout << to_text(value, options.pretty ? 2 : -1) << '\n';
}

int run_tool(const std::string &name, const std::string &description, int argc, char **argv,
	     const std::function<void(CLI::App &, output_options &)> &setup)
{
	CLI::App app(description, name);
	output_options options;

	app.set_version_flag("-V,--version", name + " (waymark) " + version);
	app.add_flag("-j,--json", options.as_json, "write JSON");
	app.add_flag("-p,--pretty", options.pretty, "indent JSON; implies --json");
	app.fallthrough();
	app.parse_complete_callback([&] { options.as_json |= options.pretty; });
	app.require_subcommand(1);
	setup(app, options);

	const int rc = parse_and_run(app, name, argc, argv, options);

	/* Output that did not arrive is a failure: the disk is full, the pipe closed. */
	if (!std::cout.flush())
		return report(name, error("standard output", "write error"), {});
	return rc;
}

} // namespace waymark
