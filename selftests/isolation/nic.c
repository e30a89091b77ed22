// SPDX-License-Identifier: GPL-2.0-only
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "../lib/link.h"
#include "nic.h"

void nic_remove(void)
{
	int ifindex = link_index(NIC), netns = !access(NIC_NETNS, F_OK);

	if (ifindex > 0)
		link_del(ifindex);
	if (netns && system("exec ip netns del waymark-iso"))
		perror("ip netns del");
	if ((ifindex > 0 || netns) && system("exec udevadm settle"))
		perror("udevadm settle");
}

void nic_make(char *node, size_t size)
{
	int ifindex;

	nic_remove();
	if (system("modprobe dummy numdummies=0 && ip netns add waymark-iso"))
		ifindex = -1;
	else
		ifindex = link_add("dummy", NIC, 0);
	if (ifindex < 0 || link_add_altname(ifindex, NIC_ALTNAME) || system("exec udevadm settle"))
		node[0] = '\0';
	else
		snprintf(node, size, "/dev/netdev/if%d", ifindex);
}
