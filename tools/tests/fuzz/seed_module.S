/* SPDX-License-Identifier: GPL-2.0-or-later */
/*
 * A module with one of everything, for whatever class and byte order clang's
 * --target= asks for. -DEXTENDED: versions with long names; -DIMAGE: what is
 * left of it can be linked as if it were a kernel.
 */
#ifdef __LP64__
#define WORD .quad
#else
#define WORD .long
#endif

.macro version name, crc
	WORD \crc
	.asciz "\name"
	.balign 64
.endm

.macro export kind, name, space, crc
	.section __ksymtab\kind, "a"
__ksymtab_\name:
	.long \name - .
	.long __kstrtab_\name - .
	.long __kstrtabns_\name - .
	.section __ksymtab_strings, "a"
__kstrtab_\name:
	.asciz "\name"
__kstrtabns_\name:
	.asciz "\space"
	.section __kcrctab\kind, "a"
__crc_\name:
	.long \crc
	.section __kflagstab, "a"
__flags_\name:
	.byte 1
.endm

	.text
	.globl seed_open
seed_open:
	.long 0
	.globl seed_close
seed_close:
	.long 0

	.section .modinfo, "a"
	.asciz "name=seed"
	.asciz "license=GPL"
	.asciz "intree=Y"
	.asciz "import_ns=ALPHA"
	.asciz "vermagic=6.12.0-test SMP mod_unload "

	export "", seed_open, "", 0xaaaaaaaa
	export _gpl, seed_close, SEED, 0xbbbbbbbb

#ifndef IMAGE
	.section .gnu.linkonce.this_module, "aw"
	.globl __this_module
__this_module:
	.zero 1280

#ifdef EXTENDED
	.section __version_ext_crcs, "a"
	.long 0x5
	.long 0x11111111
	.long 0x66666666
	.section __version_ext_names, "a"
	.asciz "module_layout"
	.asciz "printk"
	.asciz "alpha_open"
#endif
	.section __versions, "a"
	version module_layout, 0x5
	version printk, 0x11111111
	version alpha_open, 0x66666666

	.data
	WORD printk
	WORD alpha_open
	WORD maybe
	.weak maybe
	.comm seed_common, 8
#endif
