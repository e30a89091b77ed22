// SPDX-License-Identifier: GPL-2.0-only
/* Uses the library and the kernel's own interface as a program elsewhere would. */
#include <errno.h>
#include <stdio.h>

#include <linux/netdev_naming.h>
#include <linux/symbol_index.h>
#include <netdevname.h>

int main(void)
{
	char name[NETDEVNAME_NAME_SIZE];
	unsigned int ifindex;

	/* There is no such interface, whether the module is loaded or not. */
	if (netdevname_resolve("/dev/netdev/by-role/none", name, &ifindex) != -1)
		return 1;
	if (errno != ENOENT && errno != ENXIO) {
		perror("netdevname_resolve");
		return 1;
	}
	return sizeof(struct netdev_naming_info) ? 0 : 1;
}
