/* SPDX-License-Identifier: GPL-2.0-only */
#ifndef _LINUX_FLEX_ARRAY_H
#define _LINUX_FLEX_ARRAY_H

#include <linux/bits.h>
#include <linux/build_bug.h>
#include <linux/compiler.h>
#include <linux/log2.h>
#include <linux/mm.h>
#include <linux/module.h>
#include <linux/rbtree.h>
#include <linux/spinlock.h>
#include <linux/types.h>

#include <asm/barrier.h>

/**
 * DOC: flex_array
 *
 * An array of equally sized elements, kept in parts of one page each, so that
 * neither contiguous memory nor kernel address space is ever needed: no
 * allocation is larger than a page, whatever the size of the array. A part
 * comes into being with the first element put into it.
 *
 * There are two ways to use it. The untyped one is the interface that Linux
 * had from 2.6.32 to 5.1 (flex_array_alloc(), flex_array_put(),
 * flex_array_get() ...). In the typed one, the array knows its element type
 * and lives where it is declared:
 *
 *	static DEFINE_FLEX_ARRAY_OF(struct foo, foos, 1000000);
 *
 *	foo = flex_array_ptr_alloc(&foos, nr, GFP_KERNEL);
 *	foo = flex_array_ptr(&foos, nr);
 *	flex_array_for_each_ptr(&foos, nr, foo) ...
 *	flex_array_free_parts(&foos.array);
 *
 * Functions that need no type take ``&foos.array``.
 *
 * Locking: readers (flex_array_get(), flex_array_ptr(), flex_array_bsearch(),
 * the iterators) take no lock and may run in any context, concurrently with
 * each other, with every call that allocates parts and with
 * flex_array_resize() to a larger total. Calls that allocate parts may run
 * concurrently with each other: when two of them need the same missing part,
 * both use the one that was published first. The contents of an element are
 * not protected: callers that write an element while others read it need a
 * lock of their own. Calls that take parts or elements away
 * (flex_array_shrink(), flex_array_resize() to a smaller total,
 * flex_array_free_parts(), flex_array_free()) and flex_array_sort() need
 * exclusive access to the array.
 *
 * Every call takes the gfp flags for what it allocates; memory policy and
 * __GFP_ACCOUNT are honoured, and with __GFP_ZERO a new part reads as zeroes
 * instead of FLEX_ARRAY_FREE. Calls with flags that may sleep may sleep.
 */

/* Bytes of a part, and the most that is ever allocated in one piece. */
#define FLEX_ARRAY_PART_SIZE	PAGE_SIZE

/* Every byte of an element that is not in use. */
#define FLEX_ARRAY_FREE		0x6c

/* Directory nodes are pages of slots. */
#define __FLEX_ARRAY_NODE_SHIFT	(PAGE_SHIFT - const_ilog2(sizeof(unsigned long)))
#define __FLEX_ARRAY_NODE_SLOTS	((u32)(PAGE_SIZE / sizeof(unsigned long)))

/*
 * The fields are private, with the exception of element_size and
 * total_nr_elements, which may be read; the latter by READ_ONCE() where the
 * array may be resized meanwhile.
 *
 * A slot of a leaf holds the address of its part less the distance of the
 * part's first element from the first element of the array, so that the
 * address of an element is slot + nr * element_size; 0 means no part.
 */
struct flex_array {
	/* Read by every access. */
	unsigned int fast_nr;		/* elements below are two nodes away */
	int element_size;		/* bytes, 0 to PAGE_SIZE */
	unsigned long *top;		/* node whose slots are leaves */
	u32 part_mul;			/* part = (nr * mul + add) >> shift */
	u32 part_add;
	u32 part_shift;
	unsigned int total_nr_elements;
	unsigned int elems_per_part;
	unsigned int flags;
	unsigned long root;		/* uppermost node | levels; 0: none yet */

	/* Written where parts come and go. */
	unsigned long own_top __aligned(8); /* node of one slot: up to a node of parts */
	unsigned long own_leaf;		/* leaf of one slot: a single part */
	spinlock_t lock;		/* slots, nodes and counts grow under it */
	u32 nr_nodes;
	u64 nr_parts;
	u64 id;				/* 0: not among the live arrays */
	struct rb_node node;		/* in the tree of live arrays */
	struct module *owner;
	const char *creator;
};

/* Values of flags. */
#define __FLEX_ARRAY_ALLOCATED	BIT(0)	/* made by flex_array_alloc() */
#define __FLEX_ARRAY_RESIDENT	BIT(1)	/* the first part is in the base */
#define __FLEX_ARRAY_ORPHANED	BIT(2)	/* owner and creator went away */

/* What is left of a base page after the header. */
#define FLEX_ARRAY_BASE_BYTES	(FLEX_ARRAY_PART_SIZE - ALIGN(sizeof(struct flex_array), 8))

/*
 * nr / per as a multiplication, exact for every u32; per is 1 to 65536. <linux/reciprocal_div.h>
 * cannot be evaluated by the compiler, which definitions at file scope need, and takes two
 * operations more for each access.
 */
#define __FLEX_ARRAY_SHIFT(per)	(32 + const_ilog2(per))
#define __FLEX_ARRAY_QUOT(per)	((1ULL << __FLEX_ARRAY_SHIFT(per)) / (per))
#define __FLEX_ARRAY_REM(per)	((1ULL << __FLEX_ARRAY_SHIFT(per)) % (per))
#define __FLEX_ARRAY_POW2(per)	(((per) & ((per) - 1)) == 0)
#define __FLEX_ARRAY_UP(per)							\
	(!__FLEX_ARRAY_POW2(per) &&						\
	 (per) - __FLEX_ARRAY_REM(per) <= 1ULL << const_ilog2(per))
#define __FLEX_ARRAY_MUL(per)							\
	(__FLEX_ARRAY_POW2(per) ? U32_MAX :					\
	 (u32)(__FLEX_ARRAY_QUOT(per) + __FLEX_ARRAY_UP(per)))
#define __FLEX_ARRAY_ADD(per)	(__FLEX_ARRAY_UP(per) ? 0 : __FLEX_ARRAY_MUL(per))

/* Bodies of the initializers of defined arrays, in braces of their own. */
#define __FLEX_ARRAY_INIT(_name, _size, _total, _per, _creator)			\
		.element_size = (_size),					\
		.part_mul = __FLEX_ARRAY_MUL(_per),				\
		.part_add = __FLEX_ARRAY_ADD(_per),				\
		.part_shift = __FLEX_ARRAY_SHIFT(_per),				\
		.total_nr_elements = (_total),					\
		.elems_per_part = (_size) ? (_per) : 0,				\
		.lock = __SPIN_LOCK_UNLOCKED((_name).lock),			\
		.owner = THIS_MODULE,						\
		.creator = (_creator)

#define __FLEX_ARRAY_PER_PART(_size)						\
	((_size) ? FLEX_ARRAY_PART_SIZE / ((_size) ?: 1) : 1)

/* Elements of an array that fits into a base: its part is the base. */
#define __FLEX_ARRAY_FITS(_size, _total)					\
	((_size) && (u64)(_total) * (_size) <= FLEX_ARRAY_BASE_BYTES)
#define __FLEX_ARRAY_PER_BASE(_size)						\
	((_size) && (_size) <= FLEX_ARRAY_BASE_BYTES ?				\
	 FLEX_ARRAY_BASE_BYTES / ((_size) ?: 1) : 1)
#define __FLEX_ARRAY_BASE						\
	((u64 [FLEX_ARRAY_BASE_BYTES / 8]) {					\
		[0 ... FLEX_ARRAY_BASE_BYTES / 8 - 1] = 0x0101010101010101ULL * FLEX_ARRAY_FREE })

/**
 * DEFINE_FLEX_ARRAY() - define an array at file scope, for the untyped calls
 * @_name: the struct flex_array to define; may be preceded by static
 * @_size: bytes of an element, a constant from 0 to PAGE_SIZE
 * @_total: number of elements, a constant from 0 to UINT_MAX
 *
 * Its parts are to be given back by flex_array_free_parts(). An array that
 * would fit into a base has its elements in a page of static memory instead.
 */
#define DEFINE_FLEX_ARRAY(_name, _size, _total)					\
	struct flex_array _name = {						\
		__FLEX_ARRAY_INIT(_name, (_size) +				\
				  BUILD_BUG_ON_ZERO((_size) < 0 || (_size) > PAGE_SIZE), \
				  _total, __FLEX_ARRAY_FITS(_size, _total) ?	\
				  __FLEX_ARRAY_PER_BASE(_size) :		\
				  __FLEX_ARRAY_PER_PART(_size), #_name),	\
		.flags = __FLEX_ARRAY_FITS(_size, _total) ? __FLEX_ARRAY_RESIDENT : 0, \
		.fast_nr = __FLEX_ARRAY_FITS(_size, _total) ? (_total) : 0,	\
		.top = __FLEX_ARRAY_FITS(_size, _total) ? &(_name).own_top : NULL, \
		.root = __builtin_choose_expr(__FLEX_ARRAY_FITS(_size, _total),	\
					      (unsigned long)&(_name).own_top + 2, 0), \
		.own_top = (unsigned long)&(_name).own_leaf,			\
		.own_leaf = __builtin_choose_expr(__FLEX_ARRAY_FITS(_size, _total), \
				(unsigned long)__FLEX_ARRAY_BASE, 0), \
	}

/**
 * FLEX_ARRAY() - the type of an array that knows its element type
 * @_type: type of an element, 1 to PAGE_SIZE bytes
 *
 * To be initialized by flex_array_init() before any other call.
 */
#define FLEX_ARRAY(_type)							\
	struct {								\
		struct flex_array array;					\
		_type type[0] __aligned(1);					\
	}

/**
 * DEFINE_FLEX_ARRAY_OF() - define an initialized, typed array at file scope
 * @_type: type of an element, 1 to PAGE_SIZE bytes
 * @_name: the array to define; may be preceded by static
 * @_total: number of elements, a constant from 0 to UINT_MAX
 */
#define DEFINE_FLEX_ARRAY_OF(_type, _name, _total)				\
	FLEX_ARRAY(_type) _name = {						\
		.array = {							\
			__FLEX_ARRAY_INIT((_name).array, sizeof(_type) +	\
					  BUILD_BUG_ON_ZERO(sizeof(_type) - 1 >= PAGE_SIZE), \
					  _total, __FLEX_ARRAY_PER_PART(sizeof(_type)), \
					  #_name),				\
		},								\
	}

struct flex_array *__flex_array_alloc(int element_size, unsigned int total, gfp_t flags,
				      struct module *owner, const char *creator);
void __flex_array_init(struct flex_array *fa, unsigned int element_size, unsigned int total,
		       struct module *owner, const char *creator);
void *__flex_array_get_far(const struct flex_array *fa, unsigned int nr);
void *__flex_array_get_alloc(struct flex_array *fa, unsigned int nr, gfp_t flags);
void *__flex_array_next(const struct flex_array *fa, unsigned int *nr);

/**
 * flex_array_alloc() - make an array
 * @_size: bytes of an element, 0 to PAGE_SIZE
 * @_total: number of elements
 * @_flags: for the base; __GFP_ZERO for zeroes in place of FLEX_ARRAY_FREE
 *
 * An array whose elements fit into what is left of the base page has no
 * parts. The module and the function that call show up in /dev/flex_array.
 *
 * Context: any that the flags allow.
 * Return: the array, to be given back by flex_array_free(); NULL without
 * memory or with a size out of range.
 */
#define flex_array_alloc(_size, _total, _flags)					\
	__flex_array_alloc(_size, _total, _flags, THIS_MODULE, __func__)

/**
 * flex_array_init() - initialize an array declared with FLEX_ARRAY()
 * @_fa: the array
 * @_total: number of elements
 *
 * Does not fail and allocates nothing.
 */
#define flex_array_init(_fa, _total)						\
	do {									\
		BUILD_BUG_ON(sizeof((_fa)->type[0]) - 1 >= PAGE_SIZE);		\
		__flex_array_init(&(_fa)->array, sizeof((_fa)->type[0]), _total, \
				  THIS_MODULE, __func__);			\
	} while (0)

/**
 * flex_array_free() - give back an array made by flex_array_alloc()
 * @fa: the array, or NULL
 *
 * Of an array that was defined or embedded, only the parts are given back.
 *
 * Context: any but NMI; nobody else may use the array.
 */
void flex_array_free(struct flex_array *fa);

/**
 * flex_array_free_parts() - give back everything but the base
 * @fa: the array, or NULL
 *
 * The array is as new after that, but for elements that are in the base,
 * which keep their values. An embedded array has to see this call before its
 * memory goes away.
 *
 * Context: any but NMI; nobody else may use the array.
 */
void flex_array_free_parts(struct flex_array *fa);

/**
 * flex_array_put() - copy an element into the array
 * @fa: the array
 * @element_nr: index
 * @src: element_size bytes
 * @flags: for a part that is missing, and the nodes to it
 *
 * Context: any that the flags allow; any at all if the part is there.
 * Return: 0; -ENOSPC if the index is not below the total; -ENOMEM if memory
 * for the part was needed and could not be had, the array is as it was then;
 * -EINVAL without array or source.
 */
int flex_array_put(struct flex_array *fa, unsigned int element_nr, void *src, gfp_t flags);

/**
 * flex_array_put_ptr() - store a pointer in an array of pointers
 * @fa: an array whose elements have the size of a pointer
 * @nr: index
 * @src: the pointer, an lvalue
 * @gfp: as for flex_array_put()
 *
 * Return: as flex_array_put().
 */
#define flex_array_put_ptr(fa, nr, src, gfp)					\
	flex_array_put(fa, nr, (void *)&(src), gfp)

/**
 * flex_array_clear() - fill an element with FLEX_ARRAY_FREE
 * @fa: the array
 * @element_nr: index
 *
 * Context: any.
 * Return: 0; -ENOSPC if the index is not below the total; -EINVAL if the
 * part was never allocated, or without array.
 */
int flex_array_clear(struct flex_array *fa, unsigned int element_nr);

/**
 * flex_array_prealloc() - make sure that later puts need no memory
 * @fa: the array
 * @start: first index
 * @nr_elements: how many, may be 0
 * @flags: for parts and nodes
 *
 * Context: any that the flags allow.
 * Return: 0; -ENOSPC if the range does not lie within the array; -ENOMEM,
 * what was allocated until then stays; -EINVAL without array.
 */
int flex_array_prealloc(struct flex_array *fa, unsigned int start, unsigned int nr_elements,
			gfp_t flags);

/**
 * flex_array_shrink() - give back parts in which no element is in use
 * @fa: the array, or NULL
 *
 * A part goes if all its elements hold nothing but FLEX_ARRAY_FREE.
 *
 * Context: may sleep; nobody else may use the array.
 * Return: the number of parts given back.
 */
int flex_array_shrink(struct flex_array *fa);

/**
 * flex_array_resize() - change the number of elements
 * @fa: the array
 * @total: new number of elements
 * @flags: for nodes; __GFP_ZERO to clear, in the last part, to zeroes
 *
 * No element moves. On the way down, parts beyond the new end are given back
 * and the rest of the part with the end in it is cleared: those elements are
 * gone, in use or not.
 *
 * Context: may sleep; on the way down, nobody else may use the array; on the
 * way up, readers and puts may, another resize may not.
 * Return: 0; -ENOMEM, nothing has changed then; -EINVAL without array.
 */
int flex_array_resize(struct flex_array *fa, unsigned int total, gfp_t flags);

/**
 * flex_array_sort() - sort the first elements in place
 * @fa: the array
 * @nr_elements: how many, from index 0
 * @cmp: as for sort(): below, equal to or above zero
 *
 * Not stable; O(n log n) at worst and without memory of its own.
 *
 * Context: may sleep; nobody else may use the array.
 * Return: 0; -ENOSPC if there are not that many elements; -EINVAL if one of
 * them has no part, or without array.
 */
int flex_array_sort(struct flex_array *fa, unsigned int nr_elements, cmp_func_t cmp);

/**
 * flex_array_bsearch() - find an element among the first, which are sorted
 * @fa: the array
 * @nr_elements: how many, from index 0; no more than the total are searched
 * @key: what to find, first argument of every call of @cmp
 * @cmp: compares @key with an element: below, equal to or above zero
 *
 * Context: any.
 * Return: an element that compares equal, or NULL; which one, if there are
 * several, is not defined.
 */
void *flex_array_bsearch(const struct flex_array *fa, unsigned int nr_elements,
			 const void *key, cmp_func_t cmp);

/*
 * The loads on the way to an element: each sees what was stored before what
 * the one before it has found. The first pairs with flex_array_tree_set_fast(),
 * the others depend on each other. A volatile access, which is what the usual
 * macros make of it, costs an instruction of its own each time, so where the
 * processor keeps the order of loads only the compiler is told.
 *
 * Those plain loads are races to KCSAN, whatever the compiler makes of them. So
 * on x86 a kernel with KCSAN gets, on purpose, other code than every other
 * kernel: the marked loads that the other architectures have. Processor and
 * compiler order both forms alike, so what KCSAN says of the order of stores and
 * loads holds for the plain form too, but it never sees that form itself.
 */
#if defined(CONFIG_X86) && !defined(CONFIG_KCSAN)
#define __flex_array_first_load(_x)	(_x)
#define __flex_array_loaded_first()	barrier()
#define __flex_array_next_load(_x)	({ typeof(_x) __x = (_x); OPTIMIZER_HIDE_VAR(__x); __x; })
#else
#define __flex_array_first_load(_x)	smp_load_acquire(&(_x)) /* see above */
#define __flex_array_loaded_first()	do { } while (0)
#define __flex_array_next_load(_x)	READ_ONCE(_x)
#endif

static __always_inline void *__flex_array_get(const struct flex_array *fa, unsigned int nr,
					      unsigned long part, size_t size)
{
	unsigned long *top, slot, address;

	if (unlikely(nr >= __flex_array_first_load(fa->fast_nr)))
		return __flex_array_get_far(fa, nr);
	__flex_array_loaded_first();
	/* Into a register in any case: marked, this one costs nothing. */
	top = READ_ONCE(fa->top);
	slot = __flex_array_next_load(top[part >> __FLEX_ARRAY_NODE_SHIFT]);
	slot = __flex_array_next_load(((unsigned long *)slot)[part % __FLEX_ARRAY_NODE_SLOTS]);
	if (unlikely(!slot))
		return NULL;
	address = slot + nr * size;
	/* Spares callers a second test of what cannot be NULL any more. */
	if (!address)
		__builtin_unreachable();
	return (void *)address;
}

/**
 * flex_array_get() - find an element
 * @fa: the array, or NULL
 * @element_nr: index
 *
 * Context: any, without a lock.
 * Return: the address of the element, fit for reading and writing until its
 * part is taken away; NULL if the index is not below the total, if the part
 * was never allocated or if elements have no size.
 */
static __always_inline void *flex_array_get(const struct flex_array *fa, unsigned int element_nr)
{
	unsigned long part;

	if (unlikely(!fa))
		return NULL;
	part = ((u64)element_nr * fa->part_mul + fa->part_add) >> fa->part_shift;
	return __flex_array_get(fa, element_nr, part, fa->element_size);
}

/**
 * flex_array_get_ptr() - read an element of an array of pointers
 * @fa: the array, or NULL
 * @element_nr: index
 *
 * Context: any, without a lock.
 * Return: what flex_array_put_ptr() has stored; NULL where flex_array_get()
 * returns NULL.
 */
static inline void *flex_array_get_ptr(const struct flex_array *fa, unsigned int element_nr)
{
	void **element = flex_array_get(fa, element_nr);

	return element ? *element : NULL;
}

/**
 * flex_array_next() - find the next element that has a part
 * @fa: the array, or NULL
 * @nr: first index to look at; on return, the index of the element
 *
 * Context: any, without a lock.
 * Return: the element, or NULL if there is none at or after @nr.
 */
static inline void *flex_array_next(const struct flex_array *fa, unsigned int *nr)
{
	void *element = flex_array_get(fa, *nr);

	return likely(element) ? element : __flex_array_next(fa, nr);
}

/**
 * flex_array_for_each() - walk over the elements of all allocated parts
 * @_fa: the array, or NULL
 * @_nr: unsigned int, the index of the element
 * @_element: pointer, the element
 *
 * Elements that nobody put, but whose part is there, are visited too.
 */
#define flex_array_for_each(_fa, _nr, _element)					\
	for ((_nr) = 0; ((_element) = flex_array_next(_fa, &(_nr))); (_nr)++)

#define __flex_array_cast(_fa)	(typeof((_fa)->type[0]) *)

/**
 * flex_array_ptr() - find an element of a typed array
 * @_fa: the array
 * @_nr: index
 *
 * Context: any, without a lock.
 * Return: pointer to the element; NULL as for flex_array_get().
 */
#define flex_array_ptr(_fa, _nr)						\
	(__flex_array_cast(_fa)__flex_array_ptr(&(_fa)->array, _nr,		\
						sizeof((_fa)->type[0])))

static __always_inline void *__flex_array_ptr(const struct flex_array *fa, unsigned int nr,
					      size_t size)
{
	return __flex_array_get(fa, nr, nr / (unsigned int)(FLEX_ARRAY_PART_SIZE / size), size);
}

/**
 * flex_array_ptr_alloc() - find an element, allocate its part if need be
 * @_fa: the array
 * @_nr: index
 * @_flags: for the part, and the nodes to it
 *
 * Context: any that the flags allow; any at all if the part is there.
 * Return: pointer to the element; NULL if the index is not below the total
 * or without memory.
 */
#define flex_array_ptr_alloc(_fa, _nr, _flags)					\
	(__flex_array_cast(_fa)__flex_array_ptr_alloc(&(_fa)->array, _nr,	\
						      sizeof((_fa)->type[0]), _flags))

static __always_inline void *__flex_array_ptr_alloc(struct flex_array *fa, unsigned int nr,
						    size_t size, gfp_t flags)
{
	return __flex_array_ptr(fa, nr, size) ?: __flex_array_get_alloc(fa, nr, flags);
}

/**
 * flex_array_set() - store a value in a typed array
 * @_fa: the array
 * @_nr: index
 * @_value: of the element type, or what can be assigned to it
 * @_flags: as for flex_array_ptr_alloc()
 *
 * Return: 0; -ENOSPC if the index is not below the total; -ENOMEM.
 */
#define flex_array_set(_fa, _nr, _value, _flags)				\
	({									\
		typeof(_fa) __fa = (_fa);					\
		typeof((_fa)->type[0]) __value = (_value);			\
										\
		flex_array_put(&__fa->array, _nr, &__value, _flags);		\
	})

/**
 * flex_array_for_each_ptr() - flex_array_for_each() for a typed array
 * @_fa: the array
 * @_nr: unsigned int, the index of the element
 * @_ptr: pointer to the element type, the element
 */
#define flex_array_for_each_ptr(_fa, _nr, _ptr)					\
	for ((_nr) = 0;								\
	     ((_ptr) = __flex_array_cast(_fa)flex_array_next(&(_fa)->array, &(_nr))); \
	     (_nr)++)

#endif /* _LINUX_FLEX_ARRAY_H */
