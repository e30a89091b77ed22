/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * /dev/flex_array: the flex_arrays that live in the running kernel.
 */
#ifndef _UAPI_LINUX_FLEX_ARRAY_H
#define _UAPI_LINUX_FLEX_ARRAY_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * DOC: General ioctl format
 *
 * Every argument is a structure that starts with two __u32:
 *
 *  - size: bytes of the structure that the caller knows. The kernel reads that
 *    many, takes what is missing as zero, and writes back the smaller of the
 *    caller's size and its own, so both sides may grow apart.
 *  - flags: what the caller asks for; none is defined so far.
 *
 * Errors that every ioctl shares:
 *
 *  - ENOTTY: no such ioctl.
 *  - EINVAL: size is smaller than the first published structure, or a field
 *    holds a value that cannot be right.
 *  - E2BIG: size is larger than what the kernel knows and the excess is not
 *    zero.
 *  - EOPNOTSUPP: a flag that this kernel module does not know.
 *  - EFAULT: a pointer that cannot be read or written.
 *
 * Pointers travel as __u64. The structures are the same for 32- and 64-bit
 * callers. Both ioctls work on a descriptor opened read-only, from any context
 * that may sleep. No address of the kernel ever appears in an answer.
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
 * @size: sizeof(struct flex_array_info)
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
 * The fields after @id are written only.
 *
 * ENOENT: no array of that id, or no longer.
 */
struct flex_array_info {
	__u32 size;
	__u32 flags;
	__u64 id;
	__u64 bytes;
	__u64 parts;
	__u32 nodes;
	__u32 total;
	__u32 element_size;
	__u32 elements_per_part;
	__u32 depth;
	__u32 attributes;
	__u64 reserved;
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
 * @record_size: distance of two records in bytes, the caller's
 *	sizeof(struct flex_array_info) and at least that of the first published
 *	one; of a larger record, the kernel writes what it knows and zeroes for
 *	the rest
 * @count: in: records that there is room for; out: records written
 *
 * Records come in the order of ids. An array that lives from the first call to
 * the last is shown exactly once, whatever comes and goes in between. The end
 * is reached when @count comes back as 0.
 *
 * ENOMEM: no memory to gather records in. EINVAL: @count is 0 or @record_size
 * too small or above 65536.
 */
struct flex_array_list {
	__u32 size;
	__u32 flags;
	__u64 cursor;
	__u64 records;
	__u32 record_size;
	__u32 count;
};

#endif
