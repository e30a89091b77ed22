// SPDX-License-Identifier: LGPL-2.1-or-later
/* btf_parse_module() of the kernel: headers, and what btf_check_all_metas() asks of each type. */
#include <algorithm>
#include <string>

#include "btf.hpp"
#include "loader_checks.hpp"
#include "symidx/checker.hpp"

namespace waymark::symidx
{

void judge_btf(const elf_file &elf, const load_rules &rules, module_file &out)
{
	const elf_section *own = elf.find(".BTF");
	const elf_section *base = elf.find(".BTF.base");
	btf_limits below;

	if (!own || !own->size || !rules.judges_btf)
		return;
	below.types = rules.btf_types;
	below.strings = rules.btf_strings;
	if (base && base->size) {
		btf_reader reader(elf.raw(*base), {});
		const std::string reason = reader.check();

		if (!reason.empty()) {
			refuse(out, problem_kind::btf, "its .BTF.base is wrong: " + reason,
			       "build it again, or take the types off: objcopy -R .BTF -R .BTF.base");
			return;
		}
		below = reader.limits();
		doubt(out, "whether the types of its .BTF.base are those of the kernel");
	} else if (!below.types) {
		return; /* of an index that was made without the kernel's image */
	}
	const std::string reason = btf_reader(elf.raw(*own), below).check();

	if (!reason.empty())
		refuse(out, problem_kind::btf,
		       "its .BTF does not fit the kernel's: " + reason,
		       "build it against the vmlinux of exactly this kernel, or take the types off: "
		       "objcopy -R .BTF -R .BTF.base");
}

} // namespace waymark::symidx
