// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Bugs on purpose, one per sanitizer: if these are not found, then it means
 * nothing that the other targets find none.
 */
#include <climits>
#include <cstddef>
#include <cstdint>

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t *data, std::size_t size)
{
	volatile int most = INT_MAX;
	char *volatile lost;

	if (!size)
		return 0;
	switch (data[0]) {
	case 'a': /* "address" */
		most = data[size];
		break;
	case 'u': /* "undefined" */
		most = most + 1;
		break;
	case 'l': /* "leak" */
		lost = new char[size];
		lost[0] = 1;
		lost = nullptr;
		break;
	default:
		break;
	}
	return 0;
}
