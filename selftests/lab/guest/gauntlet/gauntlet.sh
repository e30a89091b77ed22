#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Reports the names of this boot's NICs to the host. In the boot that the host chooses,
# also changes the running machine step by step and reports what became of the names.

modprobe netdev_naming || exit 1
exec python3 "$(dirname "$0")/main.py"
