#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-2.0-only
"""
Completion as a user meets it: each shell runs in a terminal, gets a line and a TAB, and is then
asked by a key what its line is. Names below /dev/netdev are made for the test, so this runs in
a chroot whose /dev is its own.
"""

import os
import pty
import re
import select
import signal
import sys
import time

ADDRESS = "52:54:00:12:34:56"
LINKS = (f"by-mac/{ADDRESS}", "by-label/Management\\x20LAN", "by-path/pci-0000:00:03.0",
         "by-path/pci-0000:00:04.0")
LIMIT = 60
# What asks for the line, as each shell binds a key.
ASK = "\x18\x10"
START = {
    "bash": (["bash", "--norc", "--noprofile", "-i"],
             ". /usr/share/bash-completion/bash_completion\n"
             "bind 'set bell-style none'\n"
             "bind -x '\"\\C-x\\C-p\": printf \"\\nLI\"\"NE<%s>\\n\" \"$READLINE_LINE\"'\n"),
    "zsh": (["zsh", "-f", "-i"],
            "autoload -U compinit; compinit -u -D\n"
            "unsetopt prompt_sp; ask() { print -r -- \"\"; print -r -- \"LI\"\"NE<$BUFFER>\" }\n"
            "zle -N ask; bindkey '^X^P' ask\n"),
    "fish": (["fish", "--private"],
             "function ask; printf '\\nLI''NE<%s>\\n' (commandline); end\n"
             "bind \\cx\\cp ask\n"),
}
# What is typed, and what the line is after a TAB.
CASES = (
    ("netdevname res", "netdevname resolve "),
    ("netdevname resolve by-m", "netdevname resolve by-mac/"),
    ("netdevname resolve by-mac/", f"netdevname resolve by-mac/{ADDRESS} "),
    ("netdevname resolve by-mac/52:5", f"netdevname resolve by-mac/{ADDRESS} "),
    ("netdevname resolve by-path/pci-0000:00:0", "netdevname resolve by-path/pci-0000:00:0"),
    ("netdevname resolve by-path/pci-0000:00:04", "netdevname resolve by-path/pci-0000:00:04.0 "),
    ("netdevname info l", "netdevname info lo "),
    ("symidx build --ker", "symidx build --kernel "),
    ("flexarray sh", "flexarray show "),
)
# Of bash alone: what the command gets must be the name, whose backslash is quoted.
BASH = (
    ("netdevname resolve by-label/Man", "netdevname resolve by-label/Management\\\\x20LAN "),
    ("netdevname run -- ls /dev/netdev/by-mac/52:5", f"netdevname run -- ls /dev/netdev/by-mac/{ADDRESS} "),
)


class Shell:
    """A shell in a terminal of its own."""

    def __init__(self, name: str) -> None:
        argv, setup = START[name]
        self.pid, self.terminal = pty.fork()
        if self.pid == 0:
            os.execvpe(argv[0], argv, {"PATH": os.environ["PATH"], "TERM": "dumb", "HOME": "/tmp",
                                       "LC_ALL": "C.UTF-8", "PS1": "> ", "fish_features": "no-query-term"})
        self.type(setup)

    def type(self, text: str) -> None:
        os.write(self.terminal, text.encode())

    def line(self, typed: str) -> str:
        """The line after a TAB; the line is then cleared."""
        self.type(typed + "\t" + ASK)
        deadline, seen = time.monotonic() + LIMIT, b""
        while time.monotonic() < deadline:
            if select.select([self.terminal], [], [], 1)[0]:
                seen += os.read(self.terminal, 65536)
            found = re.search(rb"LINE<([^\r\n]*)>", seen)
            if found:
                self.type("\x15")
                return found[1].decode()
        return f"no answer; the terminal shows {seen[-300:]!r}"

    def end(self) -> None:
        os.kill(self.pid, signal.SIGKILL)
        os.waitpid(self.pid, 0)
        os.close(self.terminal)


def make_links() -> None:
    for link in LINKS:
        path = os.path.join("/dev/netdev", link)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, "w", encoding="ascii"):
            pass


def main() -> int:
    if os.path.ismount("/dev") and os.path.exists("/dev/kmsg"):
        print("/dev is the machine's own; this test makes files there", file=sys.stderr)
        return 2
    make_links()
    wrong = 0
    for name in START:
        shell = Shell(name)
        for typed, expected in CASES + (BASH if name == "bash" else ()):
            got = shell.line(typed)
            if got != expected:
                wrong += 1
                print(f"{name}: {typed}<TAB>: {got!r}, not {expected!r}")
        shell.end()
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main())
