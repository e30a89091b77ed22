/* SPDX-License-Identifier: GPL-2.0-only WITH Linux-syscall-note */
/*
 * The symbol index format: every symbol that a kernel exports to its modules,
 * searchable by name order and by exact name.
 *
 * One layout for the file that "symidx build" writes for an installed kernel
 * and for the snapshot of the running kernel that /dev/symbol_index gives to
 * mmap(2).
 *
 *   offset 0   +---------------------------------------------------+
 *              | struct symbol_index_format_header      256 bytes  |
 *              |   magic, checksum, version, flags, build id,      |
 *              |   section[]: offset, count and size of entries    |
 *              +---------------------------------------------------+
 *   STRINGS    | NUL-terminated strings; byte 0 is NUL, so that a  |
 *              | reference of 0 is the empty string                |
 *              +---------------------------------------------------+
 *   MODULES    | symbol_index_format_module[]; entry 0 is the      |
 *              | kernel image, "vmlinux"                           |
 *              +---------------------------------------------------+
 *   SYMBOLS    | symbol_index_format_symbol[], sorted by name as   |
 *              | strcmp() sorts bytes, equal names by owner        |
 *              +---------------------------------------------------+
 *   SLOTS      | __le32[], a power of two: hash table with linear  |
 *              | probing over SYMBOLS                              |
 *              +---------------------------------------------------+
 *   IMPORTS    | __le32[], the names of the symbols that a module  |
 *              | needs, grouped by module (count 0 in a snapshot); |
 *              | the same reference as the symbol's own name       |
 *              | where there is such a symbol                      |
 *              +---------------------------------------------------+
 *   VALUES     | __le64[], the address of the symbol of the same   |
 *              | position in SYMBOLS (count 0 where not known or   |
 *              | not to be shown)                                  |
 *              +---------------------------------------------------+
 *
 * Every integer is little-endian on every machine. Sections stand in this
 * order, each at the first multiple of 8 behind the one before it; the bytes
 * between them and every reserved field are zero. A section of count 0 has
 * offset 0. Nothing follows the last section, save that a mapping rounds up to
 * a page.
 *
 * Exact lookup: with mask = slots - 1, start at slot (hash & mask) and go on,
 * wrapping, until a slot is empty (0), or its upper bits (slot & ~mask) are
 * those of the hash and the symbol at position (slot & mask) - 1 has that name.
 * A name that several modules export has one slot, for the first of its
 * symbols; the others follow it in SYMBOLS. At least a quarter of the slots is
 * empty, so a search always ends and a position plus one always fits the mask.
 *
 * The hash: take the name with its terminating NUL, pad with NULs to a
 * multiple of 8 bytes and read it as little-endian 64-bit words w[0..n). Then,
 * modulo 2^64:
 *
 *	h = 0
 *	for each w:  h = (h ^ w) * 0x9e3779b97f4a7c15;  h = h ^ (h >> 32)
 *	hash = (h * 0x9e3779b97f4a7c15) >> 32
 *
 * so that "" hashes to 0x00000000, "printk" to 0xd562a97e, "register_netdev"
 * (two words, the second ends in its NUL) to 0x966aeee0 and "kfree_skb_list_reason"
 * to 0xc202b3c4.
 *
 * The checksum is CRC-32 (IEEE 802.3, reflected, initial value and final XOR
 * all ones; what zlib calls crc32()) over everything behind the field itself:
 * bytes 12 to header.size.
 */
#ifndef _UAPI_LINUX_SYMBOL_INDEX_FORMAT_H
#define _UAPI_LINUX_SYMBOL_INDEX_FORMAT_H

#include <linux/types.h>

/* The high bit and the line feed show damage by a text-mode transfer. */
#define SYMBOL_INDEX_FORMAT_MAGIC "\x89" "SYMIDX\n"
#define SYMBOL_INDEX_FORMAT_MAGIC_SIZE 8

/* Raised when an old reader would misread; anything else goes to new fields. */
#define SYMBOL_INDEX_FORMAT_VERSION 1

#define SYMBOL_INDEX_FORMAT_BUILD_ID_MAX 32
#define SYMBOL_INDEX_FORMAT_HASH_MULTIPLIER 0x9e3779b97f4a7c15ULL

/**
 * enum symbol_index_format_flag - what is known about the kernel
 * @SYMBOL_INDEX_FORMAT_SNAPSHOT: loaded symbols of a running kernel; not set:
 *	all symbols of an installed one
 * @SYMBOL_INDEX_FORMAT_MODVERSIONS: the kernel compares CRCs
 * @SYMBOL_INDEX_FORMAT_CONFIG: the flags below are known, not merely unset
 * @SYMBOL_INDEX_FORMAT_SIG_FORCE: CONFIG_MODULE_SIG_FORCE
 * @SYMBOL_INDEX_FORMAT_ALLOW_MISSING_NAMESPACE:
 *	CONFIG_MODULE_ALLOW_MISSING_NAMESPACE_IMPORTS
 * @SYMBOL_INDEX_FORMAT_FORCE_LOAD: CONFIG_MODULE_FORCE_LOAD
 * @SYMBOL_INDEX_FORMAT_BTF_STRICT: the kernel refuses a module whose BTF is wrong:
 *	CONFIG_DEBUG_INFO_BTF_MODULES without CONFIG_MODULE_ALLOW_BTF_MISMATCH
 * @SYMBOL_INDEX_FORMAT_DECOMPRESS: CONFIG_MODULE_DECOMPRESS, by one of:
 * @SYMBOL_INDEX_FORMAT_COMPRESS_GZIP: CONFIG_MODULE_COMPRESS_GZIP
 * @SYMBOL_INDEX_FORMAT_COMPRESS_XZ: CONFIG_MODULE_COMPRESS_XZ
 * @SYMBOL_INDEX_FORMAT_COMPRESS_ZSTD: CONFIG_MODULE_COMPRESS_ZSTD
 * @SYMBOL_INDEX_FORMAT_LIVEPATCH: CONFIG_LIVEPATCH
 * @SYMBOL_INDEX_FORMAT_NO_BUILD_ID: the kernel's build id is not known
 */
enum symbol_index_format_flag {
	SYMBOL_INDEX_FORMAT_SNAPSHOT = 1 << 0,
	SYMBOL_INDEX_FORMAT_MODVERSIONS = 1 << 1,
	SYMBOL_INDEX_FORMAT_CONFIG = 1 << 2,
	SYMBOL_INDEX_FORMAT_SIG_FORCE = 1 << 3,
	SYMBOL_INDEX_FORMAT_ALLOW_MISSING_NAMESPACE = 1 << 4,
	SYMBOL_INDEX_FORMAT_FORCE_LOAD = 1 << 5,
	SYMBOL_INDEX_FORMAT_BTF_STRICT = 1 << 6,
	SYMBOL_INDEX_FORMAT_DECOMPRESS = 1 << 7,
	SYMBOL_INDEX_FORMAT_COMPRESS_GZIP = 1 << 8,
	SYMBOL_INDEX_FORMAT_COMPRESS_XZ = 1 << 9,
	SYMBOL_INDEX_FORMAT_COMPRESS_ZSTD = 1 << 10,
	SYMBOL_INDEX_FORMAT_LIVEPATCH = 1 << 11,
	SYMBOL_INDEX_FORMAT_NO_BUILD_ID = 1 << 12,
};

enum symbol_index_format_section_id {
	SYMBOL_INDEX_FORMAT_STRINGS,
	SYMBOL_INDEX_FORMAT_MODULES,
	SYMBOL_INDEX_FORMAT_SYMBOLS,
	SYMBOL_INDEX_FORMAT_SLOTS,
	SYMBOL_INDEX_FORMAT_IMPORTS,
	SYMBOL_INDEX_FORMAT_VALUES,
	SYMBOL_INDEX_FORMAT_NR_SECTIONS
};

/**
 * struct symbol_index_format_section - an array within the file
 * @offset: of its first byte, from the start of the file
 * @count: number of entries
 * @entry_size: bytes per entry: 1, 24, 20, 4, 4 and 8 in the order of the ids
 */
struct symbol_index_format_section {
	__le64 offset;
	__le32 count;
	__le32 entry_size;
};

/**
 * struct symbol_index_format_header - the first 256 bytes
 * @magic: SYMBOL_INDEX_FORMAT_MAGIC
 * @checksum: CRC-32 of what follows this field, to the end
 * @version: SYMBOL_INDEX_FORMAT_VERSION
 * @header_size: 256
 * @flags: enum symbol_index_format_flag
 * @size: bytes of the whole, this header included
 * @generation: of a snapshot: counts the changes since symbol_index was loaded
 * @build_id: GNU build id of the kernel image, zero-padded
 * @build_id_size: its length, 1 to SYMBOL_INDEX_FORMAT_BUILD_ID_MAX
 * @release: string, as uname -r
 * @vermagic: string that modules of this kernel carry; empty if not known
 * @machine: ELF e_machine of its modules
 * @module_size: sizeof(struct module), which its modules must share; 0: not known
 * @reserved0: zero
 * @section: where things are, indexed by enum symbol_index_format_section_id
 * @init_offset: of struct module's pointer to init; 0: not known
 * @exit_offset: of its pointer to exit; 0: not known
 * @btf_types: number of types in the kernel's BTF; 0: not known
 * @btf_strings: bytes of their names
 * @reserved: zero
 */
struct symbol_index_format_header {
	__u8 magic[SYMBOL_INDEX_FORMAT_MAGIC_SIZE];
	__le32 checksum;
	__le32 version;
	__le32 header_size;
	__le32 flags;
	__le64 size;
	__le64 generation;
	__u8 build_id[SYMBOL_INDEX_FORMAT_BUILD_ID_MAX];
	__le32 build_id_size;
	__le32 release;
	__le32 vermagic;
	__le32 machine;
	__le32 module_size;
	__le32 reserved0;
	struct symbol_index_format_section section[SYMBOL_INDEX_FORMAT_NR_SECTIONS];
	__le32 init_offset;
	__le32 exit_offset;
	__le32 btf_types;
	__le32 btf_strings;
	__le32 reserved[12];
};

/**
 * enum symbol_index_format_module_flag - what a module says of itself
 * @SYMBOL_INDEX_FORMAT_MODULE_GPL: its licence lets it use GPL-only symbols
 * @SYMBOL_INDEX_FORMAT_MODULE_SIGNED: a signature is appended (not verified)
 * @SYMBOL_INDEX_FORMAT_MODULE_OUT_OF_TREE: built outside the kernel's tree
 */
enum symbol_index_format_module_flag {
	SYMBOL_INDEX_FORMAT_MODULE_GPL = 1 << 0,
	SYMBOL_INDEX_FORMAT_MODULE_SIGNED = 1 << 1,
	SYMBOL_INDEX_FORMAT_MODULE_OUT_OF_TREE = 1 << 2,
};

/**
 * struct symbol_index_format_module - an owner of symbols
 * @name: string, as in /proc/modules: with '_', never '-'
 * @path: string, relative to /lib/modules/RELEASE; empty if not known
 * @license: string, as in MODULE_LICENSE(); empty if not known
 * @flags: enum symbol_index_format_module_flag
 * @first_import: position in IMPORTS
 * @nr_imports: number of them, 0 if not known
 */
struct symbol_index_format_module {
	__le32 name;
	__le32 path;
	__le32 license;
	__le32 flags;
	__le32 first_import;
	__le32 nr_imports;
};

/**
 * enum symbol_index_format_symbol_flag - kinds of export
 * @SYMBOL_INDEX_FORMAT_SYMBOL_GPL: EXPORT_SYMBOL_GPL() and the like
 * @SYMBOL_INDEX_FORMAT_SYMBOL_CRC: the crc field means something
 */
enum symbol_index_format_symbol_flag {
	SYMBOL_INDEX_FORMAT_SYMBOL_GPL = 1 << 0,
	SYMBOL_INDEX_FORMAT_SYMBOL_CRC = 1 << 1,
};

/**
 * struct symbol_index_format_symbol - an exported symbol
 * @name: string
 * @crc: CRC of its type where the kernel has MODVERSIONS, else zero
 * @owner: position in MODULES
 * @name_space: string; empty for the common one
 * @name_length: bytes of the name without its NUL
 * @flags: enum symbol_index_format_symbol_flag
 */
struct symbol_index_format_symbol {
	__le32 name;
	__le32 crc;
	__le32 owner;
	__le32 name_space;
	__le16 name_length;
	__le16 flags;
};

#endif /* _UAPI_LINUX_SYMBOL_INDEX_FORMAT_H */
