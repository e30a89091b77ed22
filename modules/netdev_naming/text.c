// SPDX-License-Identifier: GPL-2.0-only
#include <linux/ctype.h>

#include "netdev_naming.h"

/* Neither overlong, nor a surrogate, nor a noncharacter of Unicode. */
static bool nn_is_character(u32 code, unsigned int bytes)
{
	static const u32 least[] = { 0, 0, 0x80, 0x800, 0x10000 };

	return code >= least[bytes] && code <= 0x10ffff &&
	       (code < 0xd800 || code > 0xdfff) && (code < 0xfdd0 || code > 0xfdef) &&
	       (code & 0xfffe) != 0xfffe;
}

/**
 * nn_is_text() - does udev accept a path that contains this name?
 * @name: kernel name of a NIC
 *
 * The kernel accepts nearly any byte in a name. udev (since 258.6, 259.4 and
 * 260) drops an event whose path holds control characters or is not UTF-8.
 * utf8_to_utf32() would do for neither: it is there with CONFIG_NLS only, and
 * accepts noncharacters.
 *
 * Context: any.
 * Return: true if @name is UTF-8 without control characters.
 */
bool nn_is_text(const char *name)
{
	while (*name) {
		u8 first = *name++;
		unsigned int bytes, i;
		u32 code;

		if (first < 0x80) {
			if (iscntrl(first))
				return false;
			continue;
		}
		if (first < 0xc0 || first >= 0xf8)
			return false;
		bytes = first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4;
		code = first & (0x7f >> bytes);
		for (i = 1; i < bytes; i++) {
			if ((*name & 0xc0) != 0x80)
				return false;
			code = code << 6 | (*name++ & 0x3f);
		}
		if (!nn_is_character(code, bytes))
			return false;
	}
	return true;
}
