// SPDX-License-Identifier: GPL-2.0-only
/* Has an array with one part until it is killed; says when it is there. */
#include "../lib/flex_array_client.h"

int main(void)
{
	unsigned char in[24] = { 0 };
	int fd = client_open();

	int ret = CALL(fd, CREATE, .kind = FLEX_ARRAY_TEST_STATIC);

	if (fd < 0 || ret || PUT(fd, 0, in)) {
		perror(CLIENT);
		return 1;
	}
	puts("there");
	fflush(stdout);
	for (;;)
		pause();
}
