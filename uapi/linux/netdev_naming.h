/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * Network devices as nodes: /dev/netdev/if<ifindex> and /dev/netdev/control.
 */
#ifndef _UAPI_LINUX_NETDEV_NAMING_H
#define _UAPI_LINUX_NETDEV_NAMING_H

#include <linux/const.h>
#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * DOC: Two kinds of descriptor
 *
 * A *handle* stands for one NIC. It comes from open(2) of
 * /dev/netdev/if<ifindex> (or of any symbolic link to it) and from the OPEN_BY
 * ioctls of the control device. It follows its NIC through renames and through
 * network namespaces, does not keep the NIC from going away, and fails with
 * ENODEV for ever once the NIC is unregistered, even if another NIC takes the
 * same ifindex or name.
 *
 * The *control* descriptor comes from open(2) of /dev/netdev/control. It stands
 * for all NICs of the initial network namespace.
 *
 * Both are opened read-only by anybody who lives in the initial network
 * namespace (or has CAP_NET_ADMIN in the user namespace that owns it; otherwise
 * open(2) fails with EPERM) and show what rtnetlink shows the same process.
 *
 * DOC: ioctl conventions
 *
 * Every argument starts with @size, set by the caller to the size of the
 * structure that it was compiled with, and @flags. A longer structure than the
 * kernel knows is accepted if its unknown tail is zero; a shorter one is
 * accepted down to the first published size. The kernel writes back the smaller
 * of both sizes, in bytes and in @size: never more than the caller has. A
 * structure that was returned may be passed again as it is
 * (Documentation/uapi.rst).
 *
 * Errors that every ioctl can return:
 *
 *  - ENOTTY: no such ioctl on this kind of descriptor
 *  - EINVAL: @size is below the first published size, or a field is not valid
 *    (padding that is not zero, a string without a NUL ...)
 *  - E2BIG: bytes beyond the structure that the kernel knows are not zero
 *  - EOPNOTSUPP: a bit in @flags (or in a mask) that the kernel does not know
 *  - EFAULT: a pointer is not accessible
 *  - ENOMEM: no memory
 *  - EINTR: a signal arrived while waiting
 *  - ENODEV: handle only: the NIC is unregistered
 *
 * DOC: Events
 *
 * read(2) returns one or more whole records of struct netdev_naming_event. Each
 * has 200 bytes, unless SET_EVENT_SIZE asked for another size: later kernels may
 * append members, and no reader gets more than it knows of. @size of each record
 * is the distance to the next one. A descriptor has the events since the moment
 * that it was opened. read(2) errors:
 *
 *  - EINVAL: the buffer is shorter than one record
 *  - EAGAIN: O_NONBLOCK, and nothing to read, or another process is reading by
 *    this descriptor
 *  - ENODEV: handle only: the NIC is unregistered and its last event was read
 *  - EFAULT: the buffer is not accessible; the events are not lost
 *  - EINTR: as above
 *
 * poll(2) reports POLLIN when a record can be read, and POLLHUP | POLLERR on a
 * handle whose NIC is unregistered.
 *
 * The kernel keeps the last NETDEV_NAMING_QUEUE_MAX records of all NICs, once for
 * all readers. A reader that falls behind by more loses the oldest ones; the
 * first record after the gap carries NETDEV_NAMING_EVENT_F_OVERFLOW. A handle
 * loses events of its NIC only, and never the newest one, however many events
 * other NICs had since. Recover with GET_INFO on a handle, with a new ENUMERATE
 * on the control device.
 */

#define NETDEV_NAMING_IOC_MAGIC		0xEA

/* Handles. */
#define NETDEV_NAMING_IOC_GET_INFO	_IO(NETDEV_NAMING_IOC_MAGIC, 0x00)
#define NETDEV_NAMING_IOC_GET_ALTNAMES	_IO(NETDEV_NAMING_IOC_MAGIC, 0x01)
/* Both. */
#define NETDEV_NAMING_IOC_SET_EVENT_SIZE _IO(NETDEV_NAMING_IOC_MAGIC, 0x10)
/* /dev/netdev/control. */
#define NETDEV_NAMING_IOC_ENUMERATE	_IO(NETDEV_NAMING_IOC_MAGIC, 0x40)
#define NETDEV_NAMING_IOC_OPEN_BY_IFINDEX _IO(NETDEV_NAMING_IOC_MAGIC, 0x41)
#define NETDEV_NAMING_IOC_OPEN_BY_NAME	_IO(NETDEV_NAMING_IOC_MAGIC, 0x42)
#define NETDEV_NAMING_IOC_OPEN_BY_ID	_IO(NETDEV_NAMING_IOC_MAGIC, 0x43)

/* Sizes of strings include the NUL. */
#define NETDEV_NAMING_NAME_SIZE		16	/* a kernel name, IFNAMSIZ */
#define NETDEV_NAMING_ALTNAME_SIZE	128	/* an alternative name, ALTIFNAMSIZ */
#define NETDEV_NAMING_ADDR_SIZE		32	/* an address, MAX_ADDR_LEN */
#define NETDEV_NAMING_PORT_SIZE		32	/* phys_port_id, phys_switch_id */
#define NETDEV_NAMING_STRING_SIZE	64	/* bus, driver, kind ... */
#define NETDEV_NAMING_DEVICE_SIZE	128	/* name of the parent device */

/* Records of all NICs that are kept for readers that fall behind. */
#define NETDEV_NAMING_QUEUE_MAX		4096

/**
 * enum netdev_naming_relation - where a NIC is
 * @NETDEV_NAMING_RELATION_INITIAL: in the initial network namespace
 * @NETDEV_NAMING_RELATION_MOVED: moved to another network namespace; its node
 *	is gone until it returns
 */
enum netdev_naming_relation {
	NETDEV_NAMING_RELATION_INITIAL = 0,
	NETDEV_NAMING_RELATION_MOVED = 1,
};

/*
 * Bits of netdev_naming_info.fields. id, generation and relation have none,
 * they are always there.
 */
#define NETDEV_NAMING_INFO_NAME		_BITULL(0)	/* ifindex and name */
#define NETDEV_NAMING_INFO_ADDR		_BITULL(1)	/* addr, addr_len, addr_assign_type */
#define NETDEV_NAMING_INFO_PERM_ADDR	_BITULL(2)	/* perm_addr, addr_len */
#define NETDEV_NAMING_INFO_TYPE		_BITULL(3)	/* link_type */
#define NETDEV_NAMING_INFO_KIND		_BITULL(4)
#define NETDEV_NAMING_INFO_DEVTYPE	_BITULL(5)
#define NETDEV_NAMING_INFO_PARENT	_BITULL(6)	/* parent_bus, parent_name */
#define NETDEV_NAMING_INFO_DRIVER	_BITULL(7)
#define NETDEV_NAMING_INFO_DEV_PORT	_BITULL(8)	/* dev_port and dev_id */
#define NETDEV_NAMING_INFO_PORT_NAME	_BITULL(9)	/* phys_port_name */
#define NETDEV_NAMING_INFO_PORT_ID	_BITULL(10)	/* phys_port_id */
#define NETDEV_NAMING_INFO_SWITCH_ID	_BITULL(11)	/* phys_switch_id */
#define NETDEV_NAMING_INFO_NETNS	_BITULL(12)	/* netns_ino */
#define NETDEV_NAMING_INFO_ALTNAMES	_BITULL(13)	/* altnames_len, altnames_count */

/**
 * struct netdev_naming_info - argument of NETDEV_NAMING_IOC_GET_INFO
 * @size: size of this structure in bytes
 * @flags: must be zero
 * @fields: in: NETDEV_NAMING_INFO_* bits of the members that are wanted, zero
 *	for all that the kernel knows (asking for little is cheap: NAME, ADDR,
 *	PERM_ADDR, TYPE, KIND, DEVTYPE, PARENT, DRIVER, DEV_PORT and NETNS wait
 *	for no network configuration; PORT_* and SWITCH_ID ask the driver,
 *	ALTNAMES asks rtnetlink, and both wait for it); out: those that are
 *	filled in. A NIC that has no such property leaves the bit clear and the
 *	member zero
 * @id: number of this NIC, kept over renames and namespaces. Until the machine
 *	reboots no other NIC gets it, not even after the module was loaded anew
 * @generation: number of events of this NIC so far. An event record holds the
 *	same number: a record with a lower or equal one is already in this reply
 * @ifindex: interface index, above zero
 * @relation: enum netdev_naming_relation. When NETDEV_NAMING_RELATION_MOVED,
 *	all other members are zero and no bit of @fields is set, unless the
 *	opener of the descriptor has CAP_NET_ADMIN in the user namespace that
 *	owns the network namespace where the NIC is now
 * @netns_ino: inode number of the network namespace that the NIC is in, as
 *	stat(2) of /proc/PID/ns/net shows it
 * @altnames_len: bytes that GET_ALTNAMES would store
 * @altnames_count: number of alternative names
 * @link_type: ARPHRD_* hardware type
 * @dev_id: distinguishes NICs that share one address
 * @dev_port: port number on the parent device, from zero
 * @addr_assign_type: NET_ADDR_*: 0 permanent, 1 random, 2 stolen, 3 set
 * @addr_len: length of @addr and @perm_addr in bytes
 * @phys_port_id_len: length of @phys_port_id in bytes
 * @phys_switch_id_len: length of @phys_switch_id in bytes
 * @name: kernel name, NUL-terminated
 * @addr: current hardware address
 * @perm_addr: permanent hardware address; bit clear if it is all zero
 * @phys_port_id: identity of the physical port
 * @phys_switch_id: identity of the switch that the port is on
 * @phys_port_name: name of the physical port, NUL-terminated
 * @kind: rtnetlink kind ("vlan", "bond" ...), NUL-terminated
 * @devtype: DEVTYPE of the device ("wlan", "bridge" ...), NUL-terminated
 * @driver: driver of the parent device, NUL-terminated
 * @parent_bus: bus of the parent device ("pci", "usb" ...), NUL-terminated
 * @parent_name: name of the parent device on its bus, NUL-terminated
 *
 * A string that does not fit its member is left out, never cut.
 *
 * Errors: those of every ioctl, and
 *
 *  - EAGAIN: the NIC moved between network namespaces each time that rtnetlink
 *    was asked about it
 */
struct netdev_naming_info {
	__u32 size;
	__u32 flags;
	__aligned_u64 fields;
	__aligned_u64 id;
	__aligned_u64 generation;
	__u32 ifindex;
	__u32 relation;
	__aligned_u64 netns_ino;
	__u32 altnames_len;
	__u32 altnames_count;
	__u16 link_type;
	__u16 dev_id;
	__u16 dev_port;
	__u8 addr_assign_type;
	__u8 addr_len;
	__u8 phys_port_id_len;
	__u8 phys_switch_id_len;
	/* private: zero */
	__u8 __reserved[6];
	/* public: */
	char name[NETDEV_NAMING_NAME_SIZE];
	__u8 addr[NETDEV_NAMING_ADDR_SIZE];
	__u8 perm_addr[NETDEV_NAMING_ADDR_SIZE];
	__u8 phys_port_id[NETDEV_NAMING_PORT_SIZE];
	__u8 phys_switch_id[NETDEV_NAMING_PORT_SIZE];
	char phys_port_name[NETDEV_NAMING_STRING_SIZE];
	char kind[NETDEV_NAMING_STRING_SIZE];
	char devtype[NETDEV_NAMING_STRING_SIZE];
	char driver[NETDEV_NAMING_STRING_SIZE];
	char parent_bus[NETDEV_NAMING_STRING_SIZE];
	char parent_name[NETDEV_NAMING_DEVICE_SIZE];
};

/**
 * struct netdev_naming_altnames - argument of NETDEV_NAMING_IOC_GET_ALTNAMES
 * @size: size of this structure in bytes
 * @flags: must be zero
 * @names: address of a buffer for the names, one after another, each with its
 *	NUL; may be zero if @capacity is
 * @capacity: size of the buffer in bytes
 * @length: out: bytes that all names take, also when they do not fit
 * @count: out: number of names
 * @__reserved: must be zero
 *
 * Errors: those of every ioctl, and
 *
 *  - EMSGSIZE: @capacity is less than @length, which is set; nothing is stored
 *    in the buffer
 *  - EACCES: the NIC has moved to a network namespace that the opener of the
 *    descriptor may not look into
 *  - EAGAIN: as for GET_INFO
 */
struct netdev_naming_altnames {
	__u32 size;
	__u32 flags;
	__aligned_u64 names;
	__u32 capacity;
	__u32 length;
	__u32 count;
	__u32 __reserved;
};

/**
 * struct netdev_naming_entry - one NIC in the reply of ENUMERATE
 * @id: as in struct netdev_naming_info
 * @generation: as in struct netdev_naming_info
 * @ifindex: interface index
 * @link_type: ARPHRD_* hardware type
 * @name: kernel name, NUL-terminated
 */
struct netdev_naming_entry {
	__aligned_u64 id;
	__aligned_u64 generation;
	__u32 ifindex;
	__u32 link_type;
	char name[NETDEV_NAMING_NAME_SIZE];
};

/**
 * struct netdev_naming_enumerate - argument of NETDEV_NAMING_IOC_ENUMERATE
 * @size: size of this structure in bytes
 * @flags: must be zero
 * @cursor: in: zero to take a new snapshot, otherwise what the call before this
 *	one returned; out: what to pass next, zero when there is no more
 * @seq: out: sequence number of the last event that the snapshot contains
 * @entries: address of an array of @capacity entries
 * @capacity: entries that the array has room for, above zero
 * @entry_size: size of one entry of the array in bytes; entries are cut to it
 *	or padded with zeros up to it
 * @count: out: entries stored
 * @total: out: entries in the snapshot
 *
 * A call with @cursor zero takes one snapshot of all NICs of the initial
 * network namespace, in the order of their ids; the calls that follow deliver
 * the rest of that same snapshot. With it, this descriptor has read all events
 * until then, and its overflow mark: the first event read afterwards is the first
 * one after the snapshot, with sequence number @seq + 1. The snapshot is the state
 * after event @seq exactly, although network configuration goes on while it is
 * being taken.
 *
 * Errors: those of every ioctl, and
 *
 *  - EINVAL: @cursor is not the one last returned on this descriptor,
 *    @capacity is zero, or @entry_size is less than that of the first published
 *    struct netdev_naming_entry (40 bytes) or above 4096
 *  - EAGAIN: O_NONBLOCK, and another process is reading by this descriptor
 */
struct netdev_naming_enumerate {
	__u32 size;
	__u32 flags;
	__aligned_u64 cursor;
	__aligned_u64 seq;
	__aligned_u64 entries;
	__u32 capacity;
	__u32 entry_size;
	__u32 count;
	__u32 total;
};

/**
 * struct netdev_naming_open_by_ifindex - argument of OPEN_BY_IFINDEX
 * @size: size of this structure in bytes
 * @flags: must be zero
 * @ifindex: interface index in the initial network namespace
 * @fd: out: a new handle, close-on-exec
 *
 * Errors: those of every ioctl, and
 *
 *  - ENOENT: no NIC of the initial network namespace has that ifindex
 *  - EINVAL: @ifindex is zero or above INT_MAX
 *  - EMFILE, ENFILE: too many open files
 */
struct netdev_naming_open_by_ifindex {
	__u32 size;
	__u32 flags;
	__u32 ifindex;
	__s32 fd;
};

/**
 * struct netdev_naming_open_by_name - argument of OPEN_BY_NAME
 * @size: size of this structure in bytes
 * @flags: must be zero
 * @name: kernel name or alternative name in the initial network namespace,
 *	NUL-terminated
 * @fd: out: a new handle, close-on-exec
 * @__reserved: must be zero
 *
 * Errors: those of every ioctl, and
 *
 *  - ENOENT: no NIC of the initial network namespace has that name
 *  - EINVAL: @name is empty or has no NUL
 *  - EMFILE, ENFILE: too many open files
 */
struct netdev_naming_open_by_name {
	__u32 size;
	__u32 flags;
	char name[NETDEV_NAMING_ALTNAME_SIZE];
	__s32 fd;
	__u32 __reserved;
};

/**
 * struct netdev_naming_open_by_id - argument of OPEN_BY_ID
 * @size: size of this structure in bytes
 * @flags: must be zero
 * @id: id of a NIC, from ENUMERATE, an event or GET_INFO
 * @fd: out: a new handle, close-on-exec
 * @__reserved: must be zero
 *
 * Unlike an ifindex, an id is never reused until the machine reboots. Kept longer
 * than that, it belongs together with /proc/sys/kernel/random/boot_id.
 *
 * Errors: those of every ioctl, and
 *
 *  - ENOENT: that NIC is not in the initial network namespace, or never was
 *  - EMFILE, ENFILE: too many open files
 */
struct netdev_naming_open_by_id {
	__u32 size;
	__u32 flags;
	__aligned_u64 id;
	__s32 fd;
	__u32 __reserved;
};

/**
 * enum netdev_naming_event_type - what happened to a NIC
 * @NETDEV_NAMING_EVENT_ADDED: registered in the initial network namespace, or
 *	first seen there; a handle can be opened by id at once, the node in
 *	/dev appears a moment later
 * @NETDEV_NAMING_EVENT_RENAMED: @name is the new name, @detail the old one
 * @NETDEV_NAMING_EVENT_ALTNAME_ADDED: @detail is the alternative name
 * @NETDEV_NAMING_EVENT_ALTNAME_REMOVED: @detail is the alternative name
 * @NETDEV_NAMING_EVENT_ADDRESS: @detail is the new address, @detail_len bytes
 * @NETDEV_NAMING_EVENT_MOVED: left the initial network namespace; @name and
 *	@ifindex are those it had there. No events of this NIC follow until it
 *	returns or is unregistered
 * @NETDEV_NAMING_EVENT_RETURNED: back in the initial network namespace, with
 *	this @name and @ifindex, maybe others than before
 * @NETDEV_NAMING_EVENT_UNREGISTERED: gone for ever; the last event of an id
 */
enum netdev_naming_event_type {
	NETDEV_NAMING_EVENT_ADDED = 1,
	NETDEV_NAMING_EVENT_RENAMED = 2,
	NETDEV_NAMING_EVENT_ALTNAME_ADDED = 3,
	NETDEV_NAMING_EVENT_ALTNAME_REMOVED = 4,
	NETDEV_NAMING_EVENT_ADDRESS = 5,
	NETDEV_NAMING_EVENT_MOVED = 6,
	NETDEV_NAMING_EVENT_RETURNED = 7,
	NETDEV_NAMING_EVENT_UNREGISTERED = 8,
};

/* Events of this descriptor were lost between the record before and this one. */
#define NETDEV_NAMING_EVENT_F_OVERFLOW	_BITUL(0)

/**
 * struct netdev_naming_event - record that read(2) returns
 * @size: size of this record in bytes, the distance to the next one
 * @type: enum netdev_naming_event_type; skip those that are not known
 * @flags: NETDEV_NAMING_EVENT_F_*
 * @ifindex: interface index of the NIC after the event
 * @seq: counts the events of all NICs since the module was loaded, from one; on
 *	the control device without a gap unless the overflow mark says so
 * @generation: counts the events of this NIC, from one; on a handle without a
 *	gap unless the overflow mark says so
 * @id: the NIC, as in struct netdev_naming_info
 * @time_ns: CLOCK_BOOTTIME in nanoseconds when the module learned of it
 * @name: kernel name of the NIC after the event, NUL-terminated
 * @detail_len: bytes used in @detail; of a string, without its NUL
 * @__reserved: zero
 * @detail: depends on @type; unused bytes are zero
 */
struct netdev_naming_event {
	__u32 size;
	__u32 type;
	__u32 flags;
	__u32 ifindex;
	__aligned_u64 seq;
	__aligned_u64 generation;
	__aligned_u64 id;
	__aligned_u64 time_ns;
	char name[NETDEV_NAMING_NAME_SIZE];
	__u32 detail_len;
	__u32 __reserved;
	__u8 detail[NETDEV_NAMING_ALTNAME_SIZE];
};

/**
 * struct netdev_naming_event_size - argument of SET_EVENT_SIZE
 * @size: size of this structure in bytes
 * @flags: must be zero
 * @event_size: bytes of a record that read(2) is to return on this descriptor,
 *	sizeof(struct netdev_naming_event) of the caller; a multiple of 8
 * @__reserved: must be zero
 *
 * Until then they have the size of the first published struct
 * netdev_naming_event (200 bytes). A record that the kernel knows as a longer one
 * is cut, a shorter one is padded with zeroes.
 *
 * Errors: those of every ioctl, and
 *
 *  - EINVAL: @event_size is below 200, above 4096 or no multiple of 8
 *  - EAGAIN: O_NONBLOCK, and another process is reading by this descriptor
 */
struct netdev_naming_event_size {
	__u32 size;
	__u32 flags;
	__u32 event_size;
	__u32 __reserved;
};

#endif /* _UAPI_LINUX_NETDEV_NAMING_H */
