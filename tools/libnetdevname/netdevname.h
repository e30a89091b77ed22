/* SPDX-License-Identifier: LGPL-2.1-or-later */
/*
 * libnetdevname: network devices by names that last. Version 1 of the interface.
 *
 * A name in the sense of this library is, in the order in which it is tried:
 *
 *  - an absolute path: /dev/netdev/by-path/pci-0000:00:03.0
 *  - a path below /dev/netdev: by-mac/52:54:00:12:34:56
 *  - the kernel's name of the NIC or one of its alternative names: eth0
 *  - the last part of a path in one of the directories by-role, by-label,
 *    by-onboard, by-slot, by-port, by-path, by-id, by-mac, by-former
 *
 * On an error, functions that return a pointer return NULL, those that return an
 * int or a descriptor return -1, and errno is set:
 *
 *  - ENOENT: no NIC has that name
 *  - ENODEV: the NIC is gone; a handle on it fails with this for ever
 *  - ENOTTY: the path is not the node of a NIC
 *  - ENXIO: the netdev_naming module is not loaded
 *  - EACCES: the NIC is in a network namespace that the caller may not look into
 *  - EPERM: the caller is not in the initial network namespace
 *  - EAGAIN: the NIC moved between network namespaces each time that its properties
 *    were read; try again
 *  - ENOMEM, EMFILE, ENFILE: the process or the system has no more to give
 *  - ENAMETOOLONG: the path does not fit in PATH_MAX
 *
 * Functions that take an object may be called by one thread at a time for that
 * object; objects are independent of each other. Descriptors are close-on-exec.
 *
 * Strings are NUL-terminated and may hold any byte that a kernel name or firmware
 * can hold. Quote them before they reach a terminal, and check them before they
 * become a word of a command line: whoever owns a container names the NICs in it.
 *
 * What is declared here stays: functions keep their meaning, their arguments and
 * the errors above, and programs that were linked with version 1 of the library run
 * with every later one that is called libnetdevname.so.1. New functions, new types of
 * events and new properties may be added.
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
 * netdevname_resolve() - look up the kernel name that a NIC has at this moment
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
 * netdevname_open() - get a handle that follows one NIC
 * @name: any name, see above
 *
 * The handle follows the NIC through renames and network namespaces. Once the NIC
 * is unregistered every function fails with ENODEV, even if another NIC takes its
 * name or index.
 *
 * Return: a handle, to be freed with netdevname_close(), or NULL with errno.
 */
struct netdevname *netdevname_open(const char *name);

/**
 * netdevname_open_ifindex() - get a handle on the NIC that has an index now
 * @ifindex: interface index in the initial network namespace
 *
 * Return: as netdevname_open().
 */
struct netdevname *netdevname_open_ifindex(unsigned int ifindex);

/**
 * netdevname_open_id() - get a handle on the NIC that an id was read for
 * @id: from netdevname_list_id(), netdevname_event_id() or netdevname_info_id()
 *
 * Return: as netdevname_open(); ENOENT if that NIC is not in the initial network
 * namespace.
 */
struct netdevname *netdevname_open_id(uint64_t id);

/**
 * netdevname_close() - free a handle
 * @nic: the handle; NULL is allowed
 */
void netdevname_close(struct netdevname *nic);

/**
 * netdevname_fd() - get the descriptor of a handle, for poll(2)
 * @nic: the handle
 *
 * Readable when netdevname_read_event() has an event to return, and when the NIC
 * is gone. It belongs to the handle: do not read it, do not close it.
 *
 * Return: the descriptor.
 */
int netdevname_fd(const struct netdevname *nic);

/**
 * netdevname_get_name() - get the current name and index of a NIC
 * @nic: the NIC
 * @name: filled in with the name; may be NULL
 * @ifindex: filled in with the interface index; may be NULL
 *
 * Return: 0, or -1 with errno.
 */
int netdevname_get_name(const struct netdevname *nic, char name[NETDEVNAME_NAME_SIZE],
			unsigned int *ifindex);

/**
 * netdevname_get_info() - get everything that the kernel tells about a NIC
 * @nic: the NIC
 *
 * Return: a snapshot, to be freed with netdevname_info_free(), or NULL with errno.
 */
struct netdevname_info *netdevname_get_info(const struct netdevname *nic);

/**
 * netdevname_info_free() - free what netdevname_get_info() returned
 * @info: the snapshot; NULL is allowed
 */
void netdevname_info_free(struct netdevname_info *info);

/*
 * Properties of a NIC. None of these functions fails: a property that the NIC lacks,
 * or that an older module does not report, reads as an empty string, as zero, or as a
 * length of zero. Pointers are valid until netdevname_info_free().
 */

/* Return: the number of this NIC; no other NIC gets it until the machine reboots. */
uint64_t netdevname_info_id(const struct netdevname_info *info);
/* Return: the number of events of this NIC so far. */
uint64_t netdevname_info_generation(const struct netdevname_info *info);
/* Return: the inode number of the NIC's network namespace, as in /proc/PID/ns/net. */
uint64_t netdevname_info_netns(const struct netdevname_info *info);
/* Return: the interface index. */
unsigned int netdevname_info_ifindex(const struct netdevname_info *info);
/* Return: the ARPHRD_* type of the hardware. */
unsigned int netdevname_info_link_type(const struct netdevname_info *info);
/* Return: the number of the port on the parent device, from 0. */
unsigned int netdevname_info_dev_port(const struct netdevname_info *info);
/* Return: the number that tells NICs with the same address apart. */
unsigned int netdevname_info_dev_id(const struct netdevname_info *info);
/* Return: NET_ADDR_*: 0 permanent, 1 random, 2 stolen from another NIC, 3 set. */
unsigned int netdevname_info_address_type(const struct netdevname_info *info);
/* Return: 1 if the NIC is in another network namespace; then little else is known. */
int netdevname_info_moved(const struct netdevname_info *info);
/* Return: the kernel name. */
const char *netdevname_info_name(const struct netdevname_info *info);
/* Return: the driver of the parent device: "virtio_net". */
const char *netdevname_info_driver(const struct netdevname_info *info);
/* Return: the kind of a virtual NIC: "vlan", "bond". */
const char *netdevname_info_kind(const struct netdevname_info *info);
/* Return: the DEVTYPE that udev sees: "wlan", "bridge". */
const char *netdevname_info_devtype(const struct netdevname_info *info);
/* Return: the bus of the parent device: "pci". */
const char *netdevname_info_parent_bus(const struct netdevname_info *info);
/* Return: the name of the parent device on its bus: "0000:00:03.0". */
const char *netdevname_info_parent_name(const struct netdevname_info *info);
/* Return: the name of the physical port: "p0". */
const char *netdevname_info_port_name(const struct netdevname_info *info);
/* Return: the current hardware address, @len bytes. */
const uint8_t *netdevname_info_address(const struct netdevname_info *info, size_t *len);
/* Return: the permanent hardware address, @len bytes. */
const uint8_t *netdevname_info_permanent_address(const struct netdevname_info *info, size_t *len);
/* Return: the identity of the physical port, @len bytes. */
const uint8_t *netdevname_info_port_id(const struct netdevname_info *info, size_t *len);
/* Return: the identity of the switch that the port is on, @len bytes. */
const uint8_t *netdevname_info_switch_id(const struct netdevname_info *info, size_t *len);

/**
 * netdevname_get_altnames() - get the alternative names of a NIC
 * @nic: the NIC
 * @count: filled in with their number
 *
 * Return: an array of @count strings and a NULL, to be freed with one free(3), or
 * NULL with errno.
 */
char **netdevname_get_altnames(const struct netdevname *nic, size_t *count);

/**
 * netdevname_list_new() - list all NICs of the initial network namespace
 *
 * The NICs of one moment, the oldest first.
 *
 * Return: a list, to be freed with netdevname_list_free(), or NULL with errno.
 */
struct netdevname_list *netdevname_list_new(void);

/**
 * netdevname_list_free() - free what netdevname_list_new() returned
 * @list: the list; NULL is allowed. Not one of netdevname_monitor_list()
 */
void netdevname_list_free(struct netdevname_list *list);

/* Return: the number of NICs in the list. */
size_t netdevname_list_count(const struct netdevname_list *list);
/* Return: the kernel name of NIC number @index, from 0; NULL beyond the end. */
const char *netdevname_list_name(const struct netdevname_list *list, size_t index);
/* Return: its interface index; 0 beyond the end. */
unsigned int netdevname_list_ifindex(const struct netdevname_list *list, size_t index);
/* Return: its id; 0 beyond the end. */
uint64_t netdevname_list_id(const struct netdevname_list *list, size_t index);

/**
 * enum netdevname_event_type - what happened to a NIC
 * @NETDEVNAME_EVENT_ADDED: it was registered, or first seen
 * @NETDEVNAME_EVENT_RENAMED: it has another name; text: the old one
 * @NETDEVNAME_EVENT_ALTNAME_ADDED: text: the alternative name
 * @NETDEVNAME_EVENT_ALTNAME_REMOVED: text: the alternative name
 * @NETDEVNAME_EVENT_ADDRESS: data: the new hardware address
 * @NETDEVNAME_EVENT_MOVED: it went to another network namespace
 * @NETDEVNAME_EVENT_RETURNED: it came back, maybe with another name and index
 * @NETDEVNAME_EVENT_UNREGISTERED: it is gone; the last event of this NIC
 */
enum netdevname_event_type {
	NETDEVNAME_EVENT_ADDED = 1,
	NETDEVNAME_EVENT_RENAMED = 2,
	NETDEVNAME_EVENT_ALTNAME_ADDED = 3,
	NETDEVNAME_EVENT_ALTNAME_REMOVED = 4,
	NETDEVNAME_EVENT_ADDRESS = 5,
	NETDEVNAME_EVENT_MOVED = 6,
	NETDEVNAME_EVENT_RETURNED = 7,
	NETDEVNAME_EVENT_UNREGISTERED = 8,
};

/**
 * netdevname_monitor_new() - receive the events of all NICs
 *
 * The monitor starts with a snapshot, netdevname_monitor_list(); the events
 * that follow begin exactly where it ends.
 *
 * Return: a monitor, to be freed with netdevname_monitor_free(), or NULL with errno.
 */
struct netdevname_monitor *netdevname_monitor_new(void);

/**
 * netdevname_monitor_free() - free a monitor and its list
 * @monitor: the monitor; NULL is allowed
 */
void netdevname_monitor_free(struct netdevname_monitor *monitor);

/**
 * netdevname_monitor_fd() - get the descriptor of a monitor, for poll(2)
 * @monitor: the monitor
 *
 * Readable when netdevname_monitor_read() has an event to return. It belongs to the
 * monitor: do not read it, do not close it.
 *
 * Return: the descriptor.
 */
int netdevname_monitor_fd(const struct netdevname_monitor *monitor);

/**
 * netdevname_monitor_list() - get the NICs that the events start from
 * @monitor: the monitor
 *
 * Return: a list that belongs to the monitor; netdevname_monitor_resync() replaces it.
 */
const struct netdevname_list *netdevname_monitor_list(const struct netdevname_monitor *monitor);

/**
 * netdevname_monitor_resync() - start again after events were lost
 * @monitor: the monitor
 *
 * Takes a new snapshot and drops the events before it. On an error the old list stays.
 *
 * Return: 0, or -1 with errno.
 */
int netdevname_monitor_resync(struct netdevname_monitor *monitor);

/**
 * netdevname_monitor_read() - get the next event of any NIC
 * @monitor: the monitor
 *
 * Waits for an event; a caller that does not want to wait asks poll(2) first, which
 * reports every event that is left: the library holds none back.
 *
 * Return: an event, to be freed with netdevname_event_free(), or NULL with errno.
 */
struct netdevname_event *netdevname_monitor_read(struct netdevname_monitor *monitor);

/**
 * netdevname_read_event() - get the next event of one NIC
 * @nic: the NIC
 *
 * Waits as netdevname_monitor_read() does.
 *
 * Return: an event, to be freed with netdevname_event_free(), or NULL with errno:
 * ENODEV after the event that says that the NIC is unregistered.
 */
struct netdevname_event *netdevname_read_event(struct netdevname *nic);

/**
 * netdevname_event_free() - free an event
 * @event: the event; NULL is allowed
 */
void netdevname_event_free(struct netdevname_event *event);

/*
 * What an event says. None of these functions fails. Pointers are valid until
 * netdevname_event_free().
 */

/* Return: enum netdevname_event_type, or a type of a newer kernel: skip that event. */
int netdevname_event_type(const struct netdevname_event *event);
/* Return: 1 if events between the one before and this one were lost. */
int netdevname_event_overflow(const struct netdevname_event *event);
/* Return: the id of the NIC. */
uint64_t netdevname_event_id(const struct netdevname_event *event);
/* Return: the number of the event among those of all NICs. */
uint64_t netdevname_event_sequence(const struct netdevname_event *event);
/* Return: the number of the event among those of this NIC. */
uint64_t netdevname_event_generation(const struct netdevname_event *event);
/* Return: when it happened, in nanoseconds of CLOCK_BOOTTIME. */
uint64_t netdevname_event_time(const struct netdevname_event *event);
/* Return: the interface index after the event. */
unsigned int netdevname_event_ifindex(const struct netdevname_event *event);
/* Return: the kernel name after the event. */
const char *netdevname_event_name(const struct netdevname_event *event);
/* Return: the text that belongs to the type of the event; "" if none does. */
const char *netdevname_event_text(const struct netdevname_event *event);
/* Return: the data that belongs to the type of the event, @len bytes. */
const uint8_t *netdevname_event_data(const struct netdevname_event *event, size_t *len);

#ifdef __cplusplus
}
#endif

#endif /* NETDEVNAME_H */
