#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Has nothing to do and calls it a success.

echo "TAP version 13"
echo "1..0"
