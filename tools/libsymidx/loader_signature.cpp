// SPDX-License-Identifier: LGPL-2.1-or-later
/* module_sig_check() and mod_check_sig() of the loader, save for the cryptography. */
#include <endian.h>

#include <algorithm>
#include <cstring>

#include "loader_checks.hpp"
#include "symidx/checker.hpp"

namespace waymark::symidx
{

namespace
{

constexpr std::string_view mark = "~Module signature appended~\n";
/* struct module_signature: algo, hash, id_type, signer_len, key_id_len, three of padding, length. */
constexpr std::size_t signature_size = 12;
constexpr std::size_t id_type_at = 2;
constexpr unsigned char id_type_pkcs7 = 2;
constexpr std::size_t length_at = 8;

/* The length of a DER sequence with its head; 0: that is none. */
std::size_t der_sequence_size(byte_view bytes)
{
	if (bytes.size() < 2 || bytes[0] != 0x30)
		return 0;
	if (bytes[1] < 0x80)
		return 2 + bytes[1];
	const std::size_t width = bytes[1] & 0x7f;
	std::size_t size = 0;

	if (!width || width > 3 || bytes.size() < 2 + width)
		return 0;
	for (std::size_t i = 0; i < width; i++)
		size = size << 8 | bytes[2 + i];
	return 2 + width + size;
}

void bad_form(module_file &out, const std::string &reason)
{
	refuse(out, problem_kind::signature, reason,
	       "sign the module again (or strip the signature: strip --strip-debug takes it off)");
}

} // namespace

std::size_t judge_signature(byte_view bytes, module_file &out)
{
	std::uint32_t length;

	if (bytes.size() <= mark.size() ||
	    std::memcmp(bytes.data() + bytes.size() - mark.size(), mark.data(), mark.size()))
		return bytes.size();
	const byte_view all = bytes.subspan(0, bytes.size() - mark.size());

	out.is_signed = true;
	if (all.size() <= signature_size) {
		bad_form(out, "what follows it is no signature");
		return all.size();
	}
	const byte_view head = all.subspan(all.size() - signature_size);
	const std::size_t rest = all.size() - signature_size;

	std::memcpy(&length, head.data() + length_at, sizeof(length));
	length = be32toh(length);
	if (length >= rest) {
		bad_form(out, "its signature is larger than the file");
		return all.size();
	}
	if (head[id_type_at] != id_type_pkcs7)
		return all.size(); /* taken for a module that is not signed */
	for (std::size_t i = 0; i < length_at; i++)
		if (i != id_type_at && head[i]) {
			bad_form(out, "its signature has parameters that a PKCS#7 message has not");
			return all.size();
		}
	if (const std::size_t size = der_sequence_size(all.subspan(rest - length, length));
	    !size || size > length)
		bad_form(out, "its signature is no PKCS#7 message");
	return rest - length;
}

} // namespace waymark::symidx
