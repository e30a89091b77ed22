#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# What this boot's NICs are called, told to the host; and, in the boot that the
# host says, what becomes of that while things happen to the running machine.

modprobe netdev_naming || exit 1
exec python3 "$(dirname "$0")/main.py"
