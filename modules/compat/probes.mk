# SPDX-License-Identifier: GPL-2.0-only
#
# What the kernel that is built against looks like, found out by reading its
# headers and not from its version number: distributions backport. Every probe
# defines one COMPAT_HAVE_* that only files in modules/compat may test.
#
# $(call compat-probe,NAME,HEADER below include/,EXTENDED REGULAR EXPRESSION)
# make cannot take a parenthesis in an argument: write a dot.

compat-include := $(or $(abs_srctree),$(realpath $(srctree)))/include
compat-grep = $(shell grep -Eqs -e '$(strip $(2))' $(compat-include)/$(strip $(1)) && echo y)
compat-probe = $(if $(call compat-grep,$(2),$(3)),-DCOMPAT_HAVE_$(strip $(1)))

# A probe that every kernel passes: without it, headers in an unknown place
# would read as "has nothing".
ifneq ($(call compat-grep,linux/module.h,define MODULE_LICENSE),y)
$(error $(compat-include): no kernel headers there, nothing can be probed)
endif

compat-flags :=

# 6.2: the callbacks of a class take a const struct device.
compat-flags += $(call compat-probe,CLASS_CONST_DEVICE,linux/device/class.h,\*devnode..const struct device)

# 6.4: the callbacks of a class attribute take const pointers.
compat-flags += $(call compat-probe,CLASS_ATTRIBUTE_CONST,linux/device/class.h,store..const struct class \*class. const struct class_attribute)

# 5.12: no more tables of symbols that are to become GPL-only.
compat-flags += $(call compat-probe,EXPORT_GPL_FUTURE,linux/module.h,\*gpl_future_syms;)
# One table of exports for all licences, with a table of flags.
compat-flags += $(call compat-probe,EXPORT_FLAG_TABLE,linux/module.h,u8 \*flagstab;)

# 6.13: a symbol namespace is a string, no longer a token.
compat-flags += $(call compat-probe,NAMESPACE_STRING,linux/module.h,define MODULE_IMPORT_NS.ns.[[:space:]]+MODULE_INFO.import_ns. ns.)
# 5.11: pages that are charged to a memory cgroup can be mapped into user space.
compat-flags += $(call compat-probe,PAGE_KMEMCG,linux/page-flags.h,PAGE_TYPE_OPS.Kmemcg)

# 7.1: the namespace of a device is a struct ns_common, no longer a tag.
compat-flags += $(call compat-probe,CLASS_NS_COMMON,linux/device/class.h,const struct ns_common \*.\*namespace)
# 6.19: socket addresses of unknown length have a type of their own.
compat-flags += $(call compat-probe,SOCKADDR_UNSIZED,linux/net.h,int kernel_bind.*struct sockaddr_unsized)
# 7.0: allocations are typed.
compat-flags += $(call compat-probe,KZALLOC_OBJ,linux/slab.h,define kzalloc_obj)
# 6.10: nodes of a genradix have a size of their own; its lookup has an inline form.
compat-flags += $(call compat-probe,GENRADIX_NODE_SIZE,linux/generic-radix-tree.h,define GENRADIX_NODE_SIZE)
compat-flags += $(call compat-probe,GENRADIX_INLINED,linux/generic-radix-tree.h,define genradix_ptr_inlined)
