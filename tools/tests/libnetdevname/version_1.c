// SPDX-License-Identifier: GPL-2.0-or-later
/*
 * Version 1 of the interface, as a program that uses all of it sees it. The compiler
 * refuses this file when a function, a constant or an argument is another one than it
 * was: change the header, not this file.
 */
#include <netdevname.h>

_Static_assert(NETDEVNAME_NAME_SIZE == 16, "arrays of callers have this size");

_Static_assert(NETDEVNAME_EVENT_ADDED == 1, "stored by callers");
_Static_assert(NETDEVNAME_EVENT_RENAMED == 2, "stored by callers");
_Static_assert(NETDEVNAME_EVENT_ALTNAME_ADDED == 3, "stored by callers");
_Static_assert(NETDEVNAME_EVENT_ALTNAME_REMOVED == 4, "stored by callers");
_Static_assert(NETDEVNAME_EVENT_ADDRESS == 5, "stored by callers");
_Static_assert(NETDEVNAME_EVENT_MOVED == 6, "stored by callers");
_Static_assert(NETDEVNAME_EVENT_RETURNED == 7, "stored by callers");
_Static_assert(NETDEVNAME_EVENT_UNREGISTERED == 8, "stored by callers");

#define VERSION_1(result, function, ...) \
	result (*const pinned_##function)(__VA_ARGS__) = netdevname_##function

VERSION_1(void, close, struct netdevname *);
VERSION_1(const uint8_t *, event_data, const struct netdevname_event *, size_t *);
VERSION_1(void, event_free, struct netdevname_event *);
VERSION_1(uint64_t, event_generation, const struct netdevname_event *);
VERSION_1(uint64_t, event_id, const struct netdevname_event *);
VERSION_1(unsigned int, event_ifindex, const struct netdevname_event *);
VERSION_1(const char *, event_name, const struct netdevname_event *);
VERSION_1(int, event_overflow, const struct netdevname_event *);
VERSION_1(uint64_t, event_sequence, const struct netdevname_event *);
VERSION_1(const char *, event_text, const struct netdevname_event *);
VERSION_1(uint64_t, event_time, const struct netdevname_event *);
VERSION_1(int, event_type, const struct netdevname_event *);
VERSION_1(int, fd, const struct netdevname *);
VERSION_1(char **, get_altnames, const struct netdevname *, size_t *);
VERSION_1(struct netdevname_info *, get_info, const struct netdevname *);
VERSION_1(int, get_name, const struct netdevname *, char *, unsigned int *);
VERSION_1(const uint8_t *, info_address, const struct netdevname_info *, size_t *);
VERSION_1(unsigned int, info_address_type, const struct netdevname_info *);
VERSION_1(unsigned int, info_dev_id, const struct netdevname_info *);
VERSION_1(unsigned int, info_dev_port, const struct netdevname_info *);
VERSION_1(const char *, info_devtype, const struct netdevname_info *);
VERSION_1(const char *, info_driver, const struct netdevname_info *);
VERSION_1(void, info_free, struct netdevname_info *);
VERSION_1(uint64_t, info_generation, const struct netdevname_info *);
VERSION_1(uint64_t, info_id, const struct netdevname_info *);
VERSION_1(unsigned int, info_ifindex, const struct netdevname_info *);
VERSION_1(const char *, info_kind, const struct netdevname_info *);
VERSION_1(unsigned int, info_link_type, const struct netdevname_info *);
VERSION_1(int, info_moved, const struct netdevname_info *);
VERSION_1(const char *, info_name, const struct netdevname_info *);
VERSION_1(uint64_t, info_netns, const struct netdevname_info *);
VERSION_1(const char *, info_parent_bus, const struct netdevname_info *);
VERSION_1(const char *, info_parent_name, const struct netdevname_info *);
VERSION_1(const uint8_t *, info_permanent_address, const struct netdevname_info *, size_t *);
VERSION_1(const uint8_t *, info_port_id, const struct netdevname_info *, size_t *);
VERSION_1(const char *, info_port_name, const struct netdevname_info *);
VERSION_1(const uint8_t *, info_switch_id, const struct netdevname_info *, size_t *);
VERSION_1(size_t, list_count, const struct netdevname_list *);
VERSION_1(void, list_free, struct netdevname_list *);
VERSION_1(uint64_t, list_id, const struct netdevname_list *, size_t);
VERSION_1(unsigned int, list_ifindex, const struct netdevname_list *, size_t);
VERSION_1(const char *, list_name, const struct netdevname_list *, size_t);
VERSION_1(struct netdevname_list *, list_new, void);
VERSION_1(int, monitor_fd, const struct netdevname_monitor *);
VERSION_1(void, monitor_free, struct netdevname_monitor *);
VERSION_1(const struct netdevname_list *, monitor_list, const struct netdevname_monitor *);
VERSION_1(struct netdevname_monitor *, monitor_new, void);
VERSION_1(struct netdevname_event *, monitor_read, struct netdevname_monitor *);
VERSION_1(int, monitor_resync, struct netdevname_monitor *);
VERSION_1(struct netdevname *, open, const char *);
VERSION_1(struct netdevname *, open_id, uint64_t);
VERSION_1(struct netdevname *, open_ifindex, unsigned int);
VERSION_1(struct netdevname_event *, read_event, struct netdevname *);
VERSION_1(int, resolve, const char *, char *, unsigned int *);

/* To be linked and started: the loader looks for every function above. */
int main(void)
{
	return 0;
}
