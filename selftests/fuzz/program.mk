# SPDX-License-Identifier: GPL-2.0-only
#
# A test of one C++ program that works with chaos around it: PROGRAM, made of SOURCES.
ifeq ($(wildcard $(KSFT_DIR)/lib.mk),)
$(error set KSFT_DIR to tools/testing/selftests of a kernel source tree)
endif

CXXFLAGS += -std=c++17 -O2 -g -Wall -Wextra -I$(abspath ../../uapi) -I$(abspath ../lib)

TEST_GEN_PROGS := $(PROGRAM)
TEST_FILES := config

include $(KSFT_DIR)/lib.mk

# The guests need no libstdc++ for it.
$(OUTPUT)/$(PROGRAM): $(SOURCES) $(wildcard ../fuzz/*.hpp ../lib/*.h ../../uapi/linux/*.h)
	$(CXX) $(CXXFLAGS) -static-libstdc++ -static-libgcc $(SOURCES) -o $@ -lpthread
