// SPDX-License-Identifier: LGPL-2.1-or-later
#include "btf.hpp"

#include <endian.h>

#include <cctype>
#include <cstring>

namespace waymark::symidx
{

namespace
{

constexpr std::uint32_t btf_magic = 0xeb9f;
constexpr std::uint32_t least_header = 24;
constexpr std::uint32_t type_size = 12;
constexpr std::uint32_t longest_strings = 0xffffff;

/* BTF_KIND_* */
enum kind : std::uint32_t {
	k_int = 1, k_ptr, k_array, k_struct, k_union, k_enum, k_fwd, k_typedef, k_volatile, k_const,
	k_restrict, k_func, k_func_proto, k_var, k_datasec, k_float, k_decl_tag, k_type_tag, k_enum64,
};

} // namespace

std::uint32_t btf_reader::word(std::uint64_t at) const noexcept
{
	std::uint32_t raw;

	std::memcpy(&raw, bytes_.data() + at, sizeof(raw));
	return le32toh(raw);
}

std::string btf_reader::check_header()
{
	if (bytes_.size() < least_header)
		return "shorter than its header";
	if ((word(0) & 0xffff) != btf_magic || (word(0) >> 16 & 0xff) != 1 || word(0) >> 24)
		return "of another version";
	const std::uint64_t header = word(4);

	if (header < least_header || header > bytes_.size())
		return "a header of another length";
	for (std::uint64_t at = least_header; at < header; at++)
		if (bytes_[at])
			return "a header with unknown fields";
	const std::uint64_t room = bytes_.size() - header;
	const std::uint64_t type_at = word(8), string_at = word(16);

	if (!room && !below_.types)
		return "nothing behind its header";
	types_size_ = word(12);
	strings_size_ = word(20);
	/* Two sections, in either order, that leave no gap. */
	const bool in_order = type_at == 0 && string_at == types_size_ &&
			      types_size_ + strings_size_ == room;
	const bool turned = string_at == 0 && type_at == strings_size_ &&
			    types_size_ + strings_size_ == room && types_size_;

	if (!in_order && !turned)
		return "its parts do not fill it";
	types_ = header + type_at;
	strings_ = header + string_at;
	if (type_at & 3)
		return "types at an odd place";
	if (!types_size_ && !below_.types)
		return "no types";
	if (strings_size_ > longest_strings || (below_.types && strings_size_ == 0))
		return below_.types && !strings_size_ ? std::string() : "too many names";
	if (strings_size_ && bytes_[strings_ + strings_size_ - 1])
		return "names without an end";
	if (!below_.types && (!strings_size_ || bytes_[strings_]))
		return "names that do not begin with an empty one";
	return {};
}

std::uint64_t btf_reader::size_of(std::uint64_t at) const noexcept
{
	const std::uint32_t info = word(at + 4), count = info & 0xffff;

	switch (info >> 24 & 0x1f) {
	case k_int:
	case k_var:
	case k_decl_tag:
		return type_size + 4;
	case k_array:
		return type_size + 12;
	case k_struct:
	case k_union:
	case k_datasec:
	case k_enum64:
		return type_size + 12 * std::uint64_t{count};
	case k_enum:
	case k_func_proto:
		return type_size + 8 * std::uint64_t{count};
	case k_ptr:
	case k_fwd:
	case k_typedef:
	case k_volatile:
	case k_const:
	case k_restrict:
	case k_func:
	case k_float:
	case k_type_tag:
		return type_size;
	default:
		return 0;
	}
}

std::string btf_reader::count_types()
{
	std::uint64_t at = 0;

	for (; at < types_size_; count_++) {
		if (types_size_ - at < type_size)
			return "a type that is cut off";
		const std::uint64_t size = size_of(types_ + at);

		if (!size)
			return "a type of an unknown kind";
		if (size > types_size_ - at)
			return "a type that is cut off";
		at += size;
	}
	total_ = (below_.types ? below_.types : 1) + count_;
	return {};
}

bool btf_reader::is_identifier(std::uint32_t offset, bool dots) const noexcept
{
	/* Those of the base are right. */
	if (offset < below_.strings)
		return offset != 0;
	const std::string_view name = string_at(bytes_.subspan(strings_, strings_size_),
						offset - below_.strings, 513);

	if (name.empty() || name.size() > 511)
		return false;
	for (std::size_t i = 0; i < name.size(); i++) {
		const auto c = static_cast<unsigned char>(name[i]);
		const bool fits = std::isalpha(c) || c == '_' || (i && std::isdigit(c)) ||
				  (dots && c == '.');

		if (!fits)
			return false;
	}
	return true;
}

std::string btf_reader::check_members(std::uint64_t at, std::uint32_t kind, std::uint32_t count,
				      bool flag)
{
	const std::uint32_t size = word(at + 8);
	std::uint32_t last = 0;

	for (std::uint32_t i = 0; i < count; i++) {
		const std::uint64_t one = at + type_size + 12 * i;
		const std::uint32_t name = word(one), raw = word(one + 8);
		const std::uint32_t offset = flag ? raw & 0xffffff : raw;

		if (!is_name(name) || (name && !is_identifier(name, false)))
			return "a member without a proper name";
		if (!word(one + 4) || !is_type(word(one + 4)))
			return "a member of no type";
		if (kind == k_union && offset)
			return "a union with a member that is not at its start";
		if (last > offset || (offset + 7ull) / 8 > size)
			return "a member outside its structure";
		last = offset;
	}
	return {};
}

std::string btf_reader::check_type(std::uint64_t at, std::uint64_t)
{
	const std::uint32_t name = word(at), info = word(at + 4), other = word(at + 8);
	const std::uint32_t kind = info >> 24 & 0x1f, count = info & 0xffff;
	const bool flag = info >> 31;
	const bool counts = kind == k_struct || kind == k_union || kind == k_enum || kind == k_enum64 ||
			    kind == k_func_proto || kind == k_datasec || kind == k_func;
	const bool flags = kind == k_struct || kind == k_union || kind == k_fwd || kind == k_enum ||
			   kind == k_enum64 || kind == k_type_tag || kind == k_decl_tag;

	if (info & 0x60ff0000)
		return "a type with unknown bits";
	if (!is_name(name))
		return "a type whose name is outside the names";
	if ((count && !counts) || (flag && !flags))
		return "a type with what its kind has not";
	switch (kind) {
	case k_ptr: case k_volatile: case k_const: case k_restrict:
		return name || !is_type(other) ? "a reference to no type" : "";
	case k_typedef: case k_type_tag:
		return !name || (kind == k_typedef && !is_identifier(name, false)) || !is_type(other)
			       ? "a name of no type" : "";
	case k_func:
		return !is_identifier(name, false) || count > 2 || !is_type(other) ? "a function of no type" : "";
	case k_fwd:
		return !is_identifier(name, false) || other ? "a forward declaration of nothing" : "";
	case k_array:
		return name || other || !word(at + 12) || !word(at + 16) || !is_type(word(at + 12)) ||
				       !is_type(word(at + 16)) ? "an array of no type" : "";
	case k_struct: case k_union:
		return name && !is_identifier(name, false) ? std::string("a structure without a proper name")
							   : check_members(at, kind, count, flag);
	case k_enum: case k_enum64:
		for (std::uint32_t i = 0; i < count; i++) {
			const std::uint32_t each = word(at + type_size + (kind == k_enum ? 8 : 12) * i);

			if (!is_name(each) || !is_identifier(each, false))
				return "an enumerator without a proper name";
		}
		return (name && !is_identifier(name, false)) || other > 8 || !other || (other & (other - 1))
			       ? "an enumeration of no size" : "";
	case k_int: {
		const std::uint32_t bits = word(at + 12) & 0xff, offset = word(at + 12) >> 16 & 0xff;
		const std::uint32_t encoding = word(at + 12) >> 24 & 0xf;

		return word(at + 12) & 0xf000ff00 || bits + offset > 128 || (bits + offset + 7) / 8 > other ||
				       (encoding & (encoding - 1)) ? "an integer of no size" : "";
	}
	case k_float:
		return other != 2 && other != 4 && other != 8 && other != 12 && other != 16
			       ? "a floating-point number of no size" : "";
	case k_var:
		return !is_identifier(name, true) || !other || !is_type(other) || word(at + 12) > 1
			       ? "a variable of no type" : "";
	case k_func_proto:
		return name ? "a prototype with a name" : "";
	case k_datasec:
		return !name || !other ? "a section of no size" : "";
	default:
		return {};
	}
}

std::string btf_reader::check_types()
{
	for (std::uint64_t at = 0; at < types_size_;) {
		const std::uint64_t size = size_of(types_ + at);
		const std::string reason = check_type(types_ + at, size);

		if (!reason.empty())
			return reason;
		at += size;
	}
	return {};
}

std::string btf_reader::check()
{
	std::string reason = check_header();

	if (reason.empty())
		reason = count_types();
	if (reason.empty())
		reason = check_types();
	return reason;
}

btf_limits btf_reader::limits() const noexcept
{
	return {total_, static_cast<std::uint32_t>(below_.strings + strings_size_)};
}

} // namespace waymark::symidx
