// SPDX-License-Identifier: GPL-2.0-only
/*
 * reply stack|heap: status 1 if /dev/broken_reply lets uninitialised bytes out,
 * found by the same search that the tests of real devices use; 0 if it does not,
 * 2 if it does not answer as it should.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/ioctl.h>

#include "poison.h"

int main(int argc, char **argv)
{
	struct {
		uint8_t kind;
		uint64_t value;
		uint64_t forgotten;
	} answer;
	unsigned char reply[sizeof(answer)];
	long where;
	int fd;

	if (argc != 2)
		return 2;
	memset(reply, 0, sizeof(reply));
	fd = open("/dev/broken_reply", O_RDONLY);
	if (fd < 0 || ioctl(fd, strcmp(argv[1], "heap") ? 0 : 1, reply)) {
		perror("/dev/broken_reply");
		return 2;
	}
	memcpy(&answer, reply, sizeof(answer));
	if (answer.kind != 1 || answer.value != 2) {
		printf("# this is no answer of broken_reply\n");
		return 2;
	}
	where = poison_find(reply, sizeof(reply));
	if (where >= 0) {
		printf("# poison 0x%02x at byte %ld\n", reply[where], where);
		return 1;
	}
	return 0;
}
