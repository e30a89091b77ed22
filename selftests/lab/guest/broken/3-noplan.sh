#!/bin/sh
# SPDX-License-Identifier: GPL-2.0-only
#
# Never says how much there is to do.

echo "TAP version 13"
echo "ok 1 something"
