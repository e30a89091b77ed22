# SPDX-License-Identifier: GPL-2.0-only
"""python3 -m lab, in selftests/; the script run does that."""

import sys

from lab import cli

sys.exit(cli.main())
