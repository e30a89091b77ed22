/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libnetdevname: network devices by any name that lasts.
 *
 * A name in the sense of this library is, in the order in which it is tried:
 *
 *  - a path with a slash at its start: /dev/netdev/by-path/pci-0000:00:03.0
 *  - a path below /dev/netdev: by-mac/52:54:00:12:34:56
 *  - the kernel's name of the NIC or one of its alternative names: eth0
 *  - the last part of a path in one of the directories by-role, by-label,
 *    by-onboard, by-slot, by-port, by-path, by-id, by-mac, by-former
 *
 * Functions that return a pointer return NULL, the others -1, on an error, and
 * set errno. ENODEV means that the NIC is gone, ENOENT that there is no such
 * name, ENOTTY that the path is not a node of a NIC, ENXIO that the
 * netdev_naming module is not loaded. Functions that take an object may be
 * called by one thread at a time for that object; objects are independent of
 * each other. Descriptors are close-on-exec.
 *
 * Strings are NUL-terminated and may hold any byte that a kernel name or
 * firmware can hold: quote them before showing them on a terminal.
 */
#ifndef NETDEVNAME_H
#define NETDEVNAME_H

#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

/* Room for a kernel name with its NUL. */
#define NETDEVNAME_NAME_SIZE 16

struct netdevname;
struct netdevname_info;
struct netdevname_list;
struct netdevname_monitor;
struct netdevname_event;

/**
 * netdevname_resolve() - the NIC's kernel name at this moment
 * @path: an absolute path, or one below /dev/netdev
 * @name: filled in with the name; may be NULL
 * @ifindex: filled in with the interface index; may be NULL
 *
 * One open(2), one ioctl(2) and one close(2). The answer can be out of date as
 * soon as the function returns; hold a struct netdevname where that matters.
 *
 * Return: 0, or -1 with errno.
 */
int netdevname_resolve(const char *path, char name[NETDEVNAME_NAME_SIZE], unsigned int *ifindex);

/**
 * netdevname_open() - a handle that follows one NIC
 * @name: any name, see above
 *
 * Renames and moves between network namespaces do not matter to the handle.
 * Once the NIC is unregistered every function fails with ENODEV, even if
 * another NIC takes its name or index.
 */
struct netdevname *netdevname_open(const char *name);

/* The NIC that has this index, or this id, in the initial network namespace. */
struct netdevname *netdevname_open_ifindex(unsigned int ifindex);
struct netdevname *netdevname_open_id(uint64_t id);

/* Frees @nic; NULL is allowed. */
void netdevname_close(struct netdevname *nic);

/* For poll(2): readable when netdevname_read_event() has something. */
int netdevname_fd(const struct netdevname *nic);

/* Current name and index; either pointer may be NULL. */
int netdevname_get_name(const struct netdevname *nic, char name[NETDEVNAME_NAME_SIZE],
			unsigned int *ifindex);

/**
 * netdevname_get_info() - everything that the kernel tells about the NIC
 * @nic: the NIC
 *
 * Return: a snapshot; free it with netdevname_info_free().
 */
struct netdevname_info *netdevname_get_info(const struct netdevname *nic);
void netdevname_info_free(struct netdevname_info *info);

/*
 * A property that the NIC lacks reads as an empty string, as zero, or as a
 * length of zero. The pointers are valid until netdevname_info_free().
 */
uint64_t netdevname_info_id(const struct netdevname_info *info);
uint64_t netdevname_info_generation(const struct netdevname_info *info);
uint64_t netdevname_info_netns(const struct netdevname_info *info);
unsigned int netdevname_info_ifindex(const struct netdevname_info *info);
unsigned int netdevname_info_link_type(const struct netdevname_info *info);
unsigned int netdevname_info_dev_port(const struct netdevname_info *info);
unsigned int netdevname_info_dev_id(const struct netdevname_info *info);
unsigned int netdevname_info_address_type(const struct netdevname_info *info);
/* 1 when the NIC is in another network namespace; then little else is known. */
int netdevname_info_moved(const struct netdevname_info *info);
const char *netdevname_info_name(const struct netdevname_info *info);
const char *netdevname_info_driver(const struct netdevname_info *info);
const char *netdevname_info_kind(const struct netdevname_info *info);
const char *netdevname_info_devtype(const struct netdevname_info *info);
const char *netdevname_info_parent_bus(const struct netdevname_info *info);
const char *netdevname_info_parent_name(const struct netdevname_info *info);
const char *netdevname_info_port_name(const struct netdevname_info *info);
const uint8_t *netdevname_info_address(const struct netdevname_info *info, size_t *len);
const uint8_t *netdevname_info_permanent_address(const struct netdevname_info *info, size_t *len);
const uint8_t *netdevname_info_port_id(const struct netdevname_info *info, size_t *len);
const uint8_t *netdevname_info_switch_id(const struct netdevname_info *info, size_t *len);

/**
 * netdevname_get_altnames() - alternative names, one after another
 * @nic: the NIC
 * @count: filled in with their number
 *
 * Return: an array of @count strings and a NULL; release it with one free(3).
 */
char **netdevname_get_altnames(const struct netdevname *nic, size_t *count);

/* All NICs of the initial network namespace at one moment, in order of age. */
struct netdevname_list *netdevname_list_new(void);
void netdevname_list_free(struct netdevname_list *list);
size_t netdevname_list_count(const struct netdevname_list *list);
/* @index from 0; an index beyond the end reads as NULL or zero. */
const char *netdevname_list_name(const struct netdevname_list *list, size_t index);
unsigned int netdevname_list_ifindex(const struct netdevname_list *list, size_t index);
uint64_t netdevname_list_id(const struct netdevname_list *list, size_t index);

enum netdevname_event_type {
	NETDEVNAME_EVENT_ADDED = 1,
	NETDEVNAME_EVENT_RENAMED = 2,	      /* text: the old name */
	NETDEVNAME_EVENT_ALTNAME_ADDED = 3,   /* text: the alternative name */
	NETDEVNAME_EVENT_ALTNAME_REMOVED = 4, /* text: the alternative name */
	NETDEVNAME_EVENT_ADDRESS = 5,	      /* data: the new address */
	NETDEVNAME_EVENT_MOVED = 6,	      /* to another network namespace */
	NETDEVNAME_EVENT_RETURNED = 7,
	NETDEVNAME_EVENT_UNREGISTERED = 8,
};

/**
 * netdevname_monitor_new() - the events of all NICs
 *
 * The monitor starts with a snapshot, netdevname_monitor_list(); the events
 * that follow begin exactly where it ends.
 */
struct netdevname_monitor *netdevname_monitor_new(void);
void netdevname_monitor_free(struct netdevname_monitor *monitor);
int netdevname_monitor_fd(const struct netdevname_monitor *monitor);
/* Owned by the monitor; replaced by netdevname_monitor_resync(). */
const struct netdevname_list *netdevname_monitor_list(const struct netdevname_monitor *monitor);
/* After an overflow: takes a new snapshot and drops the events before it. */
int netdevname_monitor_resync(struct netdevname_monitor *monitor);

/**
 * netdevname_monitor_read() - next event of any NIC; netdevname_read_event() of one
 * @monitor: the monitor
 *
 * Waits for an event; use poll(2) on the descriptor not to wait. It tells of every
 * event that is left: none is kept back in the library.
 *
 * Return: an event, to be freed with netdevname_event_free().
 */
struct netdevname_event *netdevname_monitor_read(struct netdevname_monitor *monitor);
struct netdevname_event *netdevname_read_event(struct netdevname *nic);
void netdevname_event_free(struct netdevname_event *event);

/* A type that is not in the enum comes from a newer kernel: skip it. */
int netdevname_event_type(const struct netdevname_event *event);
/* 1: events between the one before and this one were lost. */
int netdevname_event_overflow(const struct netdevname_event *event);
uint64_t netdevname_event_id(const struct netdevname_event *event);
uint64_t netdevname_event_sequence(const struct netdevname_event *event);
uint64_t netdevname_event_generation(const struct netdevname_event *event);
/* CLOCK_BOOTTIME in nanoseconds. */
uint64_t netdevname_event_time(const struct netdevname_event *event);
unsigned int netdevname_event_ifindex(const struct netdevname_event *event);
const char *netdevname_event_name(const struct netdevname_event *event);
const char *netdevname_event_text(const struct netdevname_event *event);
const uint8_t *netdevname_event_data(const struct netdevname_event *event, size_t *len);

#ifdef __cplusplus
}
#endif

#endif /* NETDEVNAME_H */
