/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * /dev/symbol_index: every symbol that the running kernel and its loaded
 * modules export.
 */
#ifndef _UAPI_LINUX_SYMBOL_INDEX_H
#define _UAPI_LINUX_SYMBOL_INDEX_H

#include <linux/ioctl.h>
#include <linux/types.h>

/**
 * DOC: ioctls of /dev/symbol_index
 *
 * They keep the contract that Documentation/uapi.rst states for all devices:
 * the meaning of size and flags, and the errors ENOTTY, EINVAL, E2BIG,
 * EOPNOTSUPP, EMSGSIZE, EFAULT and ENOMEM. No flag is defined so far. All
 * ioctls work on a descriptor that was opened read-only.
 *
 * Addresses are shown by the rule of /proc/kallsyms: kptr_restrict, and the
 * CAP_SYSLOG of the process that opened the descriptor. A hidden address is
 * zero.
 *
 * poll() reports EPOLLIN | EPOLLRDNORM when the index has changed since this
 * descriptor was opened or since its last SYMBOL_INDEX_IOC_INFO, whichever is
 * later.
 *
 * mmap() at offset 0 with PROT_READ gives the snapshot of the whole index that
 * the descriptor took with SYMBOL_INDEX_IOC_SNAPSHOT (or takes now, if it has
 * none), in the format of <linux/symbol_index_format.h>. A mapping never
 * changes. EACCES: a writable mapping was asked for. EINVAL: an offset, or more
 * bytes than the snapshot has pages. EDQUOT, EAGAIN, EINTR: as for
 * SYMBOL_INDEX_IOC_SNAPSHOT.
 */
#define SYMBOL_INDEX_IOC_TYPE	0xBE

enum {
	SYMBOL_INDEX_CMD_INFO = 0x00,
	SYMBOL_INDEX_CMD_LOOKUP = 0x01,
	SYMBOL_INDEX_CMD_LIST = 0x02,
	SYMBOL_INDEX_CMD_SNAPSHOT = 0x03,
};

#define SYMBOL_INDEX_IOC_INFO		_IO(SYMBOL_INDEX_IOC_TYPE, SYMBOL_INDEX_CMD_INFO)
#define SYMBOL_INDEX_IOC_LOOKUP		_IO(SYMBOL_INDEX_IOC_TYPE, SYMBOL_INDEX_CMD_LOOKUP)
#define SYMBOL_INDEX_IOC_LIST		_IO(SYMBOL_INDEX_IOC_TYPE, SYMBOL_INDEX_CMD_LIST)
#define SYMBOL_INDEX_IOC_SNAPSHOT	_IO(SYMBOL_INDEX_IOC_TYPE, SYMBOL_INDEX_CMD_SNAPSHOT)

/* Longest symbol name or prefix taken, its final zero included. */
#define SYMBOL_INDEX_NAME_MAX	512
/*
 * Longest cursor taken, its final zero included: a module that was not made by the
 * kernel's build may export longer names than that takes, and they are listed.
 */
#define SYMBOL_INDEX_CURSOR_MAX	4096
/* Longest owner name, its final zero included. */
#define SYMBOL_INDEX_OWNER_MAX	64
#define SYMBOL_INDEX_BUILD_ID_MAX	20
/* Snapshots of different generations that a user can hold. */
#define SYMBOL_INDEX_SNAPSHOTS_MAX	16

/**
 * enum symbol_index_origin - how the index of the kernel proper came about
 * @SYMBOL_INDEX_ORIGIN_SORTED: merged from the kernel's own tables
 * @SYMBOL_INDEX_ORIGIN_ADOPTED: taken from an index file, after every entry was
 *	compared with the kernel's own tables
 */
enum symbol_index_origin {
	SYMBOL_INDEX_ORIGIN_SORTED = 0,
	SYMBOL_INDEX_ORIGIN_ADOPTED = 1,
};

/**
 * enum symbol_index_capability - bits of struct symbol_index_info::capabilities
 * @SYMBOL_INDEX_CAP_CRC: exports carry CRCs (the kernel has MODVERSIONS)
 * @SYMBOL_INDEX_CAP_ADDRESS: this descriptor is shown addresses
 * @SYMBOL_INDEX_CAP_SNAPSHOT: SYMBOL_INDEX_IOC_SNAPSHOT and mmap() are there
 */
enum symbol_index_capability {
	SYMBOL_INDEX_CAP_CRC = 1 << 0,
	SYMBOL_INDEX_CAP_ADDRESS = 1 << 1,
	SYMBOL_INDEX_CAP_SNAPSHOT = 1 << 2,
};

/**
 * struct symbol_index_info - ioctl(SYMBOL_INDEX_IOC_INFO)
 * @size: sizeof(struct symbol_index_info)
 * @flags: must be 0
 * @generation: number of changes of the index so far, at least 1; every module
 *	that comes or goes with exports of its own adds one
 * @kernel_symbols: symbols exported by the kernel proper
 * @module_symbols: symbols exported by loaded modules
 * @owners: loaded modules that export at least one symbol
 * @capabilities: SYMBOL_INDEX_CAP_*
 * @origin: enum symbol_index_origin
 * @build_id_size: bytes of @build_id that hold the running kernel's GNU build
 *	id, 0 where the kernel has none
 * @build_id: the build id
 * @unindexed: loaded modules whose symbols are missing because there was no
 *	memory, normally 0
 * @memory: bytes held by the index, without snapshots
 * @build_ns: time that indexing the kernel proper took, in nanoseconds
 * @updates: modules indexed or dropped since then
 * @update_symbols: symbols that were entered or removed in @updates
 * @update_ns: time spent in @updates, in nanoseconds
 * @update_max_ns: longest single one of them, in nanoseconds
 *
 * Also acknowledges a change that poll() reported. No errors beyond those of
 * every ioctl.
 */
struct symbol_index_info {
	__u32 size;
	__u32 flags;
	__aligned_u64 generation;
	__u32 kernel_symbols;
	__u32 module_symbols;
	__u32 owners;
	__u32 capabilities;
	__u32 origin;
	__u32 build_id_size;
	__u8 build_id[SYMBOL_INDEX_BUILD_ID_MAX];
	__u32 unindexed;
	__aligned_u64 memory;
	__aligned_u64 build_ns;
	__aligned_u64 updates;
	__aligned_u64 update_symbols;
	__aligned_u64 update_ns;
	__aligned_u64 update_max_ns;
};

/**
 * enum symbol_index_record_flag - bits of struct symbol_index_record::flags
 * @SYMBOL_INDEX_RECORD_GPL_ONLY: exported to GPL-compatible modules only
 * @SYMBOL_INDEX_RECORD_CRC: crc is valid
 * @SYMBOL_INDEX_RECORD_ADDRESS: address is shown, not hidden
 * @SYMBOL_INDEX_RECORD_MODULE: the owner is a module, not the kernel proper
 */
enum symbol_index_record_flag {
	SYMBOL_INDEX_RECORD_GPL_ONLY = 1 << 0,
	SYMBOL_INDEX_RECORD_CRC = 1 << 1,
	SYMBOL_INDEX_RECORD_ADDRESS = 1 << 2,
	SYMBOL_INDEX_RECORD_MODULE = 1 << 3,
};

/**
 * struct symbol_index_record - one exported symbol, as LOOKUP and LIST write it
 * @record_size: bytes from this record to the next one, a multiple of 8
 * @flags: SYMBOL_INDEX_RECORD_*
 * @address: value of the symbol; 0 without SYMBOL_INDEX_RECORD_ADDRESS
 * @crc: version of the symbol; 0 without SYMBOL_INDEX_RECORD_CRC
 * @name_offset: where the name starts, in bytes from the start of the record
 * @owner_offset: where the owner starts: a module's name, or "vmlinux"
 * @namespace_offset: where the symbol namespace starts; empty for none
 *
 * The strings lie inside the record and end with a zero.
 */
struct symbol_index_record {
	__u32 record_size;
	__u32 flags;
	__aligned_u64 address;
	__u32 crc;
	__u32 name_offset;
	__u32 owner_offset;
	__u32 namespace_offset;
};

/**
 * struct symbol_index_lookup - ioctl(SYMBOL_INDEX_IOC_LOOKUP)
 * @size: sizeof(struct symbol_index_lookup)
 * @flags: must be 0
 * @name: user pointer to the exact name, zero-terminated
 * @buffer: user pointer to where the struct symbol_index_record goes; its
 *	contents are undefined after an error
 * @buffer_size: bytes there
 * @length: out: bytes that the record takes, also if they do not fit
 * @generation: out: the generation of the index that answered
 *
 * ENOENT: no such symbol is exported. EMSGSIZE: @buffer_size is less than
 * @length. ENAMETOOLONG: @name has no zero within SYMBOL_INDEX_NAME_MAX bytes.
 * EINVAL: @name is empty.
 */
struct symbol_index_lookup {
	__u32 size;
	__u32 flags;
	__aligned_u64 name;
	__aligned_u64 buffer;
	__u32 buffer_size;
	__u32 length;
	__aligned_u64 generation;
};

/**
 * enum symbol_index_list_status - bits of struct symbol_index_list::status
 * @SYMBOL_INDEX_LIST_MORE: more records follow
 */
enum symbol_index_list_status {
	SYMBOL_INDEX_LIST_MORE = 1 << 0,
};

/**
 * struct symbol_index_list - ioctl(SYMBOL_INDEX_IOC_LIST)
 * @size: sizeof(struct symbol_index_list)
 * @flags: must be 0
 * @prefix: user pointer to a string that every listed name starts with; 0 or
 *	an empty string for all names
 * @owner: user pointer to the owner whose symbols are listed ("vmlinux" for the
 *	kernel proper); 0 for all
 * @after: user pointer to the cursor, a name: only names that sort after it, by
 *	byte value, are listed; 0 from the start. To go on, pass the name of the
 *	last record. The name need not exist (any more), so no load or unload in
 *	between makes a listing repeat or lose a symbol that was there all along
 * @buffer: user pointer to where the records go, one after another
 * @buffer_size: bytes there
 * @length: out: bytes written; after EMSGSIZE, the bytes that the next name needs
 * @count: out: number of records written
 * @status: out: enum symbol_index_list_status
 * @generation: out: the generation of the index that answered; two calls that
 *	return the same one saw the same index, unless a module came or went
 *	during one of them
 *
 * Records come in name order, and all records of one name are in one answer.
 * An owner that exports nothing, loaded or not, gives an empty list. EMSGSIZE:
 * not even the next name fits. ENAMETOOLONG: @prefix has no zero within
 * SYMBOL_INDEX_NAME_MAX bytes, @after within SYMBOL_INDEX_CURSOR_MAX, or @owner
 * within SYMBOL_INDEX_OWNER_MAX.
 */
struct symbol_index_list {
	__u32 size;
	__u32 flags;
	__aligned_u64 prefix;
	__aligned_u64 owner;
	__aligned_u64 after;
	__aligned_u64 buffer;
	__u32 buffer_size;
	__u32 length;
	__u32 count;
	__u32 status;
	__aligned_u64 generation;
};

/**
 * struct symbol_index_snapshot - ioctl(SYMBOL_INDEX_IOC_SNAPSHOT)
 * @size: sizeof(struct symbol_index_snapshot)
 * @flags: must be 0
 * @snapshot_size: out: bytes of the snapshot; mmap() that many
 * @generation: out: the generation of the index that it shows
 *
 * Takes a snapshot of the index for this descriptor in place of the one it
 * had; mappings of the old one stay as they are. It contains addresses if the
 * descriptor is shown addresses.
 *
 * The memory is charged to the memory cgroup of the process that takes the
 * first snapshot of a generation; others share it. A user can hold
 * SYMBOL_INDEX_SNAPSHOTS_MAX of them, by descriptors and mappings together.
 *
 * EDQUOT: that many are held; a new one needs room beside the one that it
 * replaces. EAGAIN: modules came and went all the time, the descriptor keeps what
 * it had. EINTR: a signal arrived.
 */
struct symbol_index_snapshot {
	__u32 size;
	__u32 flags;
	__aligned_u64 snapshot_size;
	__aligned_u64 generation;
};

#endif /* _UAPI_LINUX_SYMBOL_INDEX_H */
