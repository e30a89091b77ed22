# SPDX-License-Identifier: GPL-2.0-only
"""Sphinx' configuration; "make doc" builds with warnings as errors."""

import pathlib
import re

TOP = pathlib.Path(__file__).resolve().parent.parent

project = "waymark"
author = "the waymark developers"
project_copyright = "2026, the waymark developers"
release = re.findall(r"^project\(waymark VERSION (\S+)", (TOP / "tools/CMakeLists.txt").read_text(),
                     re.MULTILINE)[0]
master_doc = "index"
exclude_patterns = ["results"]
# A name in single quotes of RST is code, as in the kernel's documentation.
default_role = "code"
highlight_language = "none"
nitpicky = True
html_theme = "alabaster"
html_theme_options = {"page_width": "1000px", "description": "Network interface names that last"}
html_show_sourcelink = False
html_copy_source = False
