# SPDX-License-Identifier: GPL-2.0-only
#
# Every collection of tests includes this first. KSFT_DIR is the folder of the kernel's own
# kselftests, whose lib.mk and harness are used; they are not copied into this tree.
ifeq ($(wildcard $(KSFT_DIR)/lib.mk),)
$(error set KSFT_DIR to tools/testing/selftests of a kernel source tree)
endif

UAPI := $(abspath $(dir $(lastword $(MAKEFILE_LIST)))../../uapi)
CFLAGS += -O2 -g -Wall -I$(KSFT_DIR) -I$(UAPI)
