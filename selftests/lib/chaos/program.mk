# SPDX-License-Identifier: GPL-2.0-only
#
# A test of one C++ program that works with chaos around it: PROGRAM, made of SOURCES
# and of what this folder has.
include ../lib/ksft.mk

CXXFLAGS += -std=c++17 -O2 -g -Wall -Wextra -I$(UAPI)

TEST_GEN_PROGS := $(PROGRAM)
TEST_FILES := config

include $(KSFT_DIR)/lib.mk

# The guests need no libstdc++ for it.
$(OUTPUT)/$(PROGRAM): $(SOURCES) $(wildcard *.hpp ../lib/chaos/*.hpp ../lib/*.h $(UAPI)/linux/*.h)
	$(CXX) $(CXXFLAGS) -static-libstdc++ -static-libgcc $(SOURCES) -o $@ -lpthread
