#!/bin/bash
# SPDX-License-Identifier: GPL-2.0-only
#
# Brings one mutant of the modules after the other to life, as the host orders, and runs the
# tests of its part until one of them fails.

modprobe qemu_fw_cfg || exit 1
exec python3 "$(dirname "$0")/main.py"
