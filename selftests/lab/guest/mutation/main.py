# SPDX-License-Identifier: GPL-2.0-only
"""
One boot of the mutation run. The host's orders come by fw_cfg; what happens goes to the
standard output, a JSON line each, as a mutant may end the guest at any time. The first order
may be the mutant 0, which is none: with it, every test has to pass.
"""

import glob
import json
import os
import re
import subprocess
import sys
import time

ORDERS = "/sys/firmware/qemu_fw_cfg/by_name/opt/waymark/mutants/raw"
OPTIONS = "/etc/modprobe.d/waymark-mutant.conf"
MODULES = ("symbol_index_loader", "netdev_naming", "symbol_index", "flex_array")
SELFTESTS = os.environ["WAYMARK_SELFTESTS"]
TEST_MODULES = os.environ["WAYMARK_TEST_MODULES"]
UNLOAD_SECONDS = 60
SKIP = 4
REPORT = re.compile(r"WARNING: |\bBUG: |\bOops\b|general protection fault|unable to handle|Call Trace:|"
                    r"refcount_t: |list_(add|del) corruption|detected buffer overflow|usercopy: |"
                    r"UBSAN:|KASAN:|possible circular locking|suspicious RCU usage|"
                    r"inconsistent lock state|sleeping function called|scheduling while atomic")


class Trouble(Exception):
    """What gives a mutant away."""


class Dirty(Trouble):
    """After this, the guest is not what it was: others need a new one."""


def say(**what: object) -> None:
    print("#mutation " + json.dumps(what), flush=True)


def quiet(*words: str, seconds: int = 120) -> bool:
    try:
        return subprocess.run(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
                              timeout=seconds).returncode == 0
    except subprocess.TimeoutExpired as error:
        raise Dirty(f"{' '.join(words)}: does not end") from error


def settle() -> None:
    quiet("udevadm", "settle", "--timeout=60")


def loaded(name: str) -> bool:
    return os.path.isdir(f"/sys/module/{name}")


def unload() -> None:
    """All of ours, and what tests have loaded for themselves."""
    tests = [os.path.basename(path)[:-3] for path in glob.glob(f"{TEST_MODULES}/*.ko")]
    end = time.monotonic() + UNLOAD_SECONDS
    while left := [name for name in (*tests, *MODULES) if loaded(name)]:
        if time.monotonic() > end:
            raise Dirty(f"{', '.join(left)} cannot be unloaded")
        for name in left:
            quiet("rmmod", name)
        settle()


def kernel_report() -> str:
    """What the kernel has complained of since the last call."""
    log = subprocess.run(["dmesg", "--read-clear"], stdout=subprocess.PIPE, check=False,
                         encoding="utf-8", errors="replace").stdout
    found = REPORT.search(log)
    return log[found.start():].split("\n", 1)[0] if found else ""


def failure(output: str) -> str:
    found = re.search(r"^(?:# )*not ok .*$", output, re.MULTILINE)
    return found[0] if found else (output.strip().splitlines() or ["no output"])[-1]


def run(test: str, limit: int) -> None:
    """Raises Trouble unless the test passes."""
    folder, _, program = test.partition(":")
    try:
        done = subprocess.run([f"./{program}"], cwd=os.path.join(SELFTESTS, folder), check=False,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                              timeout=limit, encoding="utf-8", errors="replace")
    except subprocess.TimeoutExpired as error:
        raise Dirty(f"{test}: not done in {limit} s") from error
    report = kernel_report()
    if report:
        raise Dirty(f"{test}: {report}")
    if done.returncode not in (0, SKIP):
        raise Trouble(f"{test}: {failure(done.stdout)}")


def try_mutant(number: int, tests: list[str], limit: int) -> None:
    with open(OPTIONS, "w", encoding="ascii") as out:
        out.writelines(f"options {name} mutant={number}\n" for name in MODULES)
    if not quiet("modprobe", "-a", *MODULES[1:]):
        raise Trouble(f"modprobe: {kernel_report() or 'fails'}")
    settle()
    for test in tests:
        start = time.monotonic()
        run(test, limit)
        say(mutant=number, passed=test, seconds=round(time.monotonic() - start, 1))
    unload()
    report = kernel_report()
    if report:
        raise Dirty(f"unloading: {report}")


def one(order: dict[str, object]) -> bool:
    """False when the guest is not to be used any more."""
    number = int(str(order["mutant"]))
    tests = [str(test) for test in order["tests"]] if isinstance(order["tests"], list) else []
    say(mutant=number, begins=True)
    clean = True
    try:
        unload()
        try_mutant(number, tests, int(str(order["limit"])))
        say(mutant=number, found="")
    except Trouble as trouble:
        say(mutant=number, found=str(trouble))
        clean = not isinstance(trouble, Dirty)
    if clean:
        try:
            unload()
            kernel_report()
            # Tests that failed half way have left their NICs.
            for path in glob.glob("/sys/class/net/*nt[0-9]*"):
                quiet("ip", "link", "del", os.path.basename(path))
        except Trouble:
            clean = False
    return clean


def main() -> int:
    with open(ORDERS, encoding="ascii") as text:
        orders = json.load(text)
    kernel_report()
    for order in orders:
        if not one(order):
            break
    os.unlink(OPTIONS)
    print("TAP version 13\n1..1\nok 1 mutants were tried", flush=True)
    return 0


if __name__ == "__main__":
    sys.exit(main())
