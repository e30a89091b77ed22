/* SPDX-License-Identifier: GPL-2.0-only */
/* Net devices for tests: made, changed and moved over rtnetlink. */
#ifndef LINK_H
#define LINK_H

#include <stdbool.h>

#include <linux/types.h>

/*
 * All of them act in the network namespace of the calling thread and return
 * zero (or what the comment says) or a negative errno value.
 */
int link_add(const char *kind, const char *name, int ifindex);	/* ifindex 0: any */
int link_add_veth(const char *name, const char *peer);
int link_add_vlan(const char *name, int lower, int vid);
int link_del(int ifindex);
int link_rename(int ifindex, const char *name);
int link_set_address(int ifindex, const __u8 address[6]);
int link_set_mtu(int ifindex, __u32 mtu);
int link_set_up(int ifindex, bool up);
int link_add_altname(int ifindex, const char *altname);
int link_del_altname(int ifindex, const char *altname);
int link_move(int ifindex, int netns);
int link_index(const char *name);				/* ifindex */

int netns_new(void);						/* descriptor */
int netns_current(void);					/* descriptor */
int netns_enter(int netns);

#endif /* LINK_H */
