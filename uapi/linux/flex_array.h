/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * /dev/flex_array: the flex_arrays that live in the running kernel.
 */
#ifndef _UAPI_LINUX_FLEX_ARRAY_H
#define _UAPI_LINUX_FLEX_ARRAY_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * DOC: ioctls of /dev/flex_array
 *
 * They keep the contract that Documentation/uapi.rst states for all devices:
 * the meaning of size and flags, and the errors ENOTTY, EINVAL, E2BIG,
 * EOPNOTSUPP, EFAULT and ENOMEM. No flag is defined so far. Both ioctls work on
 * a descriptor that was opened read-only. No reply contains an address of the
 * kernel.
 *
 * Figures are read while the arrays are in use: those of one array may be
 * moments apart from each other.
 */
#define FLEX_ARRAY_IOC_TYPE	0xBF

enum {
	FLEX_ARRAY_CMD_INFO = 0x00,
	FLEX_ARRAY_CMD_LIST = 0x01,
};

#define FLEX_ARRAY_IOC_INFO	_IO(FLEX_ARRAY_IOC_TYPE, FLEX_ARRAY_CMD_INFO)
#define FLEX_ARRAY_IOC_LIST	_IO(FLEX_ARRAY_IOC_TYPE, FLEX_ARRAY_CMD_LIST)

/* Longest name shown, its final zero included; longer ones are cut. */
#define FLEX_ARRAY_NAME_MAX	64

/**
 * enum flex_array_attribute - bits of struct flex_array_info::attributes
 * @FLEX_ARRAY_ATTR_ALLOCATED: made by flex_array_alloc(); otherwise defined or
 *	embedded, and then shown only while it has parts
 * @FLEX_ARRAY_ATTR_RESIDENT: the first elements are in the base, without a part
 * @FLEX_ARRAY_ATTR_ORPHANED: the module that owned it is gone
 */
enum flex_array_attribute {
	FLEX_ARRAY_ATTR_ALLOCATED = 1 << 0,
	FLEX_ARRAY_ATTR_RESIDENT = 1 << 1,
	FLEX_ARRAY_ATTR_ORPHANED = 1 << 2,
};

/**
 * struct flex_array_info - ioctl(FLEX_ARRAY_IOC_INFO), and a record of LIST
 * @size: sizeof(struct flex_array_info). In a record of LIST: the bytes of the
 *	record that the kernel has filled in
 * @flags: must be 0
 * @id: in for INFO: which array. Ids count up from 1 and are never used again
 * @bytes: memory held, in bytes: parts, nodes of the tree, and the base if the
 *	array was allocated
 * @parts: parts allocated
 * @nodes: pages allocated for the tree that leads to the parts
 * @total: number of elements
 * @element_size: bytes of an element
 * @elements_per_part: elements of a part, 0 if elements have no size
 * @depth: levels of the tree, 0 while there is none
 * @attributes: enum flex_array_attribute
 * @reserved: 0
 * @owner: name of the module that made the array, "vmlinux" for the kernel
 *	proper, empty for an orphan
 * @creator: name of the function that made the array, or of the variable that
 *	it was defined as, empty for an orphan
 *
 * All fields after @id are out.
 *
 * ENOENT: no array of that id, or no longer.
 */
struct flex_array_info {
	__u32 size;
	__u32 flags;
	__aligned_u64 id;
	__aligned_u64 bytes;
	__aligned_u64 parts;
	__u32 nodes;
	__u32 total;
	__u32 element_size;
	__u32 elements_per_part;
	__u32 depth;
	__u32 attributes;
	__aligned_u64 reserved;
	__u8 owner[FLEX_ARRAY_NAME_MAX];
	__u8 creator[FLEX_ARRAY_NAME_MAX];
};

/**
 * struct flex_array_list - ioctl(FLEX_ARRAY_IOC_LIST)
 * @size: sizeof(struct flex_array_list)
 * @flags: must be 0
 * @cursor: in: show arrays with larger ids, 0 for all; out: the last id shown,
 *	fit for the next call
 * @records: address of an array of records
 * @record_size: bytes from one record to the next, the caller's
 *	sizeof(struct flex_array_info). A record is cut to it, or padded with
 *	zeroes up to it
 * @capacity: records that there is room for, above 0
 * @count: out: records written
 * @reserved: must be 0
 *
 * Records come in the order of ids. An array that lives from the first call to
 * the last is shown exactly once, whatever comes and goes in between. The end
 * is reached when @count comes back as 0.
 *
 * EINVAL: @capacity is 0, or @record_size is below 192, the size of the first
 * published record, or above 4096.
 */
struct flex_array_list {
	__u32 size;
	__u32 flags;
	__aligned_u64 cursor;
	__aligned_u64 records;
	__u32 record_size;
	__u32 capacity;
	__u32 count;
	__u32 reserved;
};

#endif
