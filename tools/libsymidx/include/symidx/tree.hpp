// SPDX-License-Identifier: LGPL-2.1-or-later
/* Indexing an installed kernel or a build tree. */
#pragma once

#include <string>
#include <utility>
#include <vector>

namespace waymark::symidx
{

struct build_options {
	std::string release; /* empty: found out from the modules' vermagic */
	std::string modules; /* folder searched for modules */
	std::string root;    /* below which their links lead; empty: "/" */
	std::string image;   /* vmlinux or bzImage; empty: none */
	std::string symvers; /* Module.symvers; empty: none */
	/* What vmlinux exports is taken from symvers even if the image tells it. */
	bool prefer_symvers = false;
	std::string config;  /* the kernel's .config; empty: none */
	std::string order;   /* modules.order of a build tree; empty: installed modules */
	bool may_ask_kernel = false; /* if it is the running one and has no image */
	std::vector<unsigned char> build_id; /* instead of the image's; may be empty */
	unsigned int threads = 0;            /* 0: one a processor */
};

struct build_result {
	std::vector<unsigned char> bytes;
	std::size_t modules = 0;
	bool has_build_id = true; /* without one, the running kernel refuses the index */
	std::size_t read = 0; /* modules whose files were read for an update */
	/* Files that are in the folder and not in the index, each with its reason. */
	std::vector<std::string> skipped;
	/* Files that are not in it as another one of that name goes before, with that one. */
	std::vector<std::pair<std::string, std::string>> replaced;
};

/*
 * Where things of installed kernel @release are, below @root ("" for "/").
 * What is not there stays empty; throws waymark::error if there are no modules.
 */
build_options locate_kernel(const std::string &root, const std::string &release);

/*
 * The same for a kernel build tree (vmlinux, Module.symvers, .config, *.ko). The folder
 * of its modules is @folder without the slashes at its end.
 */
build_options locate_build_tree(const std::string &folder);

/* Files of modules below @folder, sorted; links to folders are not followed. */
std::vector<std::string> find_modules(const std::string &folder);

/* Throws waymark::error with the one reason why there can be no index. */
build_result build_index(const build_options &options);

class symbol_index;

/* Whether the index file @path is newer than the image and the configuration of its kernel. */
bool is_kernel_unchanged(const std::string &path, const build_options &options);

/*
 * The index that build_index() would make, from @old, which was read from @path, and the files
 * of modules that are newer. That takes as long as what changed, and a walk through the folder.
 */
build_result update_index(const symbol_index &old, const std::string &path,
			  const build_options &options);

/* Where the index of @release is kept: ROOT/lib/modules/RELEASE/symbol_index.bin */
std::string index_path(const std::string &root, const std::string &release);

/*
 * Whether modules were installed or removed since the index @path of @release was written: as far
 * as depmod was run then, which writes modules.dep anew.
 */
bool is_out_of_date(const std::string &path, const std::string &root, const std::string &release);

/* Releases that have a folder in ROOT/lib/modules, newest version first. */
std::vector<std::string> installed_releases(const std::string &root);

} // namespace waymark::symidx
