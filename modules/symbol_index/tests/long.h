/* SPDX-License-Identifier: GPL-2.0-only */
/* What symbol_index_long exports. */
#ifndef _SYMBOL_INDEX_LONG_H
#define _SYMBOL_INDEX_LONG_H

/* A type of its own: the BTF of a module without any cannot be sorted by Linux 7.3's tools. */
struct long_value {
	int value;
};

extern struct long_value symbol_index_long_a_0123456789_0123456789_0123456789_0123456789_0123456789;
extern struct long_value symbol_index_long_b_0123456789_0123456789_0123456789_0123456789_0123456789;
extern struct long_value symbol_index_long_c_0123456789_0123456789_0123456789_0123456789_0123456789;
extern struct long_value symbol_index_long_d_0123456789_0123456789_0123456789_0123456789_0123456789;
extern struct long_value symbol_index_long_e_0123456789_0123456789_0123456789_0123456789_0123456789;
extern struct long_value symbol_index_long_f_0123456789_0123456789_0123456789_0123456789_0123456789;
extern struct long_value symbol_index_long_g_0123456789_0123456789_0123456789_0123456789_0123456789;
extern struct long_value symbol_index_long_h_0123456789_0123456789_0123456789_0123456789_0123456789;

#endif /* _SYMBOL_INDEX_LONG_H */
