# SPDX-License-Identifier: GPL-2.0-only
"""
A row of the report: an object with a name, prepare() and run() -> Result.
prepare() builds what is needed and may raise LabError; run() does the work.
This is the kind that boots a stock kernel.
"""

import os
import re
import secrets
import signal
import time

from lab import lengths
from lab.boot import control, hang, qemu, qmp
from lab.host import cache, progress
from lab.judge import figures, found, judge
from lab.make import build, initramfs, kernel, matrix, payload, rootfs
from lab.rows import pending

# An emulated guest on a busy machine needs minutes; a hang must not take hours. Twice what a
# program may take (`settings`): those behind one that hangs are still run.
LIMIT = int(os.environ.get("WAYMARK_ROW_LIMIT", "2400"))
# With the long forms, which have no limits of their own in the guest: two hours of churn, a
# hundred thousand calls beside udev, as many renames, whole kernels' modules.
LONG_LIMIT = max(LIMIT, 8 * 3600)

# Last in the long form, each by a runner of its own, the likeliest to hang at the end: what one
# of them takes down or keeps busy must not hide what the others say.
LAST = ("churn", "faults", "fuzz")

LOST_TIMER = re.compile(r"rcu: .*kthread (starved for|timer wakeup didn't happen for) \d+ jiffies")


class KernelRow:
    """One target of the matrix, with its stock kernel unless another is given."""

    memory = "1G"
    taint = 0           # bits beyond O, E and K that this kernel has without a fault
    append = ""         # more words for the kernel's command line
    limit = LIMIT
    long_limit = LONG_LIMIT
    everything = False  # run also what the file `pending` names, and long_tests
    whole = False       # bring all tests into the guest, also those that are not run
    at_once = False     # emulated processors run at once rather than by turns
    # folders or folder:test that take too long on this kernel, or can only be skipped on it
    long_tests = ("churn", "faults", "fuzz")
    never = ()          # folder:test that cannot pass on this kernel; TESTS runs them all the same

    def __init__(self, lab, target, tests=(), system=None):
        self.lab = lab
        self.target = target
        self.name = target.name
        self.kernel = system or kernel.StockKernel(lab, target)
        self.words = tests
        self.extra = {}         # collections from elsewhere: {name: folder of scripts}
        self.tests = ()
        self.benchmarks = ()
        # Hot-plug that is polled waits.
        self.minutes = 6 if target.machine == "q35-slots" else 4
        self.made = None
        self.disks = None

    def prepare(self):
        """Build and pack everything that the guest needs."""
        if self.everything:
            self.limit = self.long_limit
        folders = [word for word in self.words if word.split(":")[0] not in self.extra]
        chosen = build.named(self.lab.tree, folders) if folders or not self.words else []
        # What will not be run need not be built.
        brief = not (self.words or self.everything or self.whole)
        left = [part for part in chosen if brief and part in self.long_tests]
        user = self.prepare_base([part for part in chosen if part not in left])
        known = build.tests(user)
        for name, folder in self.extra.items():
            known += payload.scripts(name, folder)
        chosen = build.select(known, self.words)
        unfit = [test for test in chosen if test in self.never]
        if unfit and not self.words:
            progress.step(self.name, f"left out, cannot pass on this kernel: {' '.join(unfit)}")
            chosen = [test for test in chosen if test not in unfit]
        if brief:
            chosen, held = pending.without(self.name, chosen)
            slow = [test for test in chosen if test in self.long_tests]
            chosen = [test for test in chosen if test not in slow]
            left += held + slow
            if left:
                progress.step(self.name, f"left to check-long: {' '.join(left)}")
        self.tests = tuple(chosen)
        self.limit += lengths.seconds(self.tests)
        self.pack(user)
        return self

    def groups(self):
        """The tests by runner: one run of kselftests takes folders in the order of their names."""
        last = [[test for test in self.tests if test.split(":")[0] == part]
                for part in (LAST if self.everything else ())]
        first = [test for test in self.tests if not any(test in group for group in last)]
        return [group for group in (first, *last) if group]

    def prepare_base(self, chosen=()):
        """All but the payload; returns the build of the tools and the chosen selftests."""
        self.start()
        self.kernel.tree()
        rootfs.get(self.lab, self.target.suite)
        self.made = build.modules(self.lab, self.target, self.kernel)
        return build.userspace(self.lab, self.target.suite, list(chosen))

    def start(self):
        """
        What takes longest, and needs nothing of what other rows make: at first, all wait for
        the chroot that packs kernels and root file systems.
        """
        self.lab.builder(self.target.suite)

    def pack(self, user):
        """The payload, and with it all that is booted."""
        image = payload.get(self.lab, self, self.made, user)
        tree = self.kernel.tree()
        self.disks = qemu.Disks(os.path.join(tree, "vmlinuz"),
                                initramfs.get(self.lab, self.target, self.kernel),
                                rootfs.get(self.lab, self.target.suite),
                                os.path.join(tree, "modules.sqfs"), image)

    def guest(self, append, **options):
        options.setdefault("memory", self.memory)
        options.setdefault("at_once", self.at_once or self.everything)
        if self.everything:
            append += " waymark.long"
        words = " ".join([self.append, append, *lengths.words()])
        return qemu.Guest(self.lab, self.disks, matrix.machine(self.target.machine), words, **options)

    def expectation(self):
        return judge.Expectation(self.kernel.release, self.target.systemd, self.tests, self.taint,
                                 getattr(self.kernel, "detectors", ()))

    def judge(self, evidence):
        """The Result of a boot, with what tests say of themselves."""
        result = judge.judge(self.name, evidence, self.expectation())
        result.figures.update(figures.of(evidence.tap))
        result.figures.update(found.keep(self.lab, self.name, evidence, result.kernel))
        for entry in result.figures.get("found", ()):
            progress.step(self.name, f"found: {entry['what']}: {entry['kept']}")
        return result

    def run(self):
        """Boot, serve, judge."""
        start = time.monotonic()
        logs = os.path.join(self.lab.results, self.name)
        cache.remove(logs)
        evidence = boot(self.guest, self.name, "waymark.target", logs, len(self.tests), self.limit)
        result = self.judge(evidence)
        result.seconds = round(time.monotonic() - start, 1)
        result.logs = os.path.relpath(logs, self.lab.tree)
        return result


def boot(make, name, unit, logs, planned, limit=LIMIT, watch=None, **options):
    """
    Boot a guest into unit and collect the Evidence. A boot that ended by a fault of the
    emulator is repeated once; what it logged stays in the folder "emulator".
    """
    try:
        return boot_once(make, name, unit, logs, planned, limit, watch, True, **options)
    except EmulatorFault as fault:
        progress.step(name, f"{fault}: booting once more")
        kept = os.path.join(logs, "emulator")
        os.makedirs(kept)
        for entry in os.listdir(logs):
            if entry != "emulator":
                os.replace(os.path.join(logs, entry), os.path.join(kept, entry))
        return boot_once(make, name, unit, logs, planned, limit, watch, False, **options)


def boot_once(make, name, unit, logs, planned, limit, watch, repeatable, **options):
    nonce = secrets.token_hex(8)
    guest = make(f"systemd.unit={unit} waymark.nonce={nonce}", **options)
    evidence = judge.Evidence(nonce)
    wire = None
    try:
        guest.start()
        wire = qmp.Qmp(guest.socket("qmp"))
        os.makedirs(logs, exist_ok=True)
        control.Control(wire, guest.socket("control"), os.path.join(logs, "control"),
                        free_ports(guest.machine)).start()
        look = (watch or Watch)(guest, name, planned)

        def poll():
            look()
            if repeatable and lost_timer(guest.text("verdict"), guest.text("console")):
                raise EmulatorFault("the emulator lost the guest's timer")

        evidence.timed_out = not guest.wait(limit, poll, lambda: hang.ask(guest, wire))
        look()
        if repeatable and asserted(guest.process.returncode, guest.text("qemu.log")):
            raise EmulatorFault("QEMU failed an assertion of its own")
        evidence.status = guest.process.returncode
        evidence.ending = wire.ending()
        for part in ("tap", "dmesg", "console", "verdict", "kmemleak"):
            setattr(evidence, part, guest.text(part))
    finally:
        if wire:
            wire.close()
        guest.close(logs)
    return evidence


class EmulatorFault(Exception):
    """QEMU did not do what a machine does."""


def lost_timer(verdict, console):
    """
    Whether RCU's thread was not woken for minutes in a guest that has not begun. Seen on
    overloaded machines in one of some fifty boots, also before the first module was loaded.
    """
    return "begin " not in verdict and LOST_TIMER.search(console) is not None


def asserted(status, log):
    """
    Whether QEMU aborted itself. Seen once in several hundred unplugs: iotlb_to_section(), which
    another virtual CPU reaches while the memory map changes.
    """
    return status == -signal.SIGABRT and re.search(r"^qemu-.*Assertion .* failed", log, re.M) is not None


def free_ports(machine):
    """The root ports of a machine that nothing sits on."""
    ports = [m[1] for word in machine if (m := re.match(r"pcie-root-port,id=([^,]+)", word))]
    return [port for port in ports if not any(f"bus={port}," in word + "," for word in machine)]


class Watch:
    """One line a test program while the guest works."""

    def __init__(self, guest, name, planned):
        self.guest = guest
        self.name = name
        self.planned = planned
        self.seen = 0
        self.begun = False
        progress.step(name, "boot")

    def __call__(self):
        if not self.begun and "begin " in self.guest.text("verdict"):
            self.begun = True
            progress.step(self.name, "systemd is up, udev settles")
        lines = re.findall(r"^# selftests: (.*)$", self.guest.text("tap"), re.MULTILINE)
        for line in lines[self.seen:]:
            self.seen += 1
            progress.step(self.name, f"test {self.seen} of {self.planned}: {line.strip()}")
