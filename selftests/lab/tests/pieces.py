# SPDX-License-Identifier: GPL-2.0-only
"""The parts of the laboratory, each tried: functions that return (good, reason)."""

import json
import os
import re
import tempfile
import threading
import time

from lab.boot import control
from lab.host import cache, command
from lab.host.error import LabError
from lab.judge import kernellog
from lab.make import archive, build, initramfs, matrix, sync
from lab.rows import stock


def _store(folder, content):
    store = cache.Cache(folder)
    calls = []

    def make(tmp):
        calls.append(tmp)
        with open(os.path.join(tmp, "file"), "w") as out:
            out.write(content)
    return store, calls, make


def cache_keeps():
    with tempfile.TemporaryDirectory() as folder:
        store, calls, make = _store(folder, "whole")
        path = store.entry("sample", "selftest", "k" * 16, make)
        again = cache.Cache(folder).entry("sample", "selftest", "k" * 16, make)
        return path == again and len(calls) == 1, f"cache: made {len(calls)} times"


def _damaged(damage):
    with tempfile.TemporaryDirectory() as folder:
        store, calls, make = _store(folder, "whole")
        path = store.entry("sample", "selftest", "k" * 16, make)
        damage(path)
        again = cache.Cache(folder).entry("sample", "selftest", "k" * 16, make)
        with open(os.path.join(again, "file")) as data:
            return data.read() == "whole" and len(calls) == 2


def cache_sees_change():
    def damage(path):
        with open(os.path.join(path, "file"), "w") as out:
            out.write("other")     # as long as before
    return _damaged(damage), "cache: changed content is used"


def cache_sees_loss():
    return _damaged(lambda path: os.unlink(os.path.join(path, "file"))), "cache: a lost file goes unseen"


def cache_sees_half():
    return (_damaged(lambda path: os.unlink(os.path.join(path, cache.STAMP))),
            "cache: an entry without its stamp is used")


def cache_leaves_nothing():
    def make(tmp):
        with open(os.path.join(tmp, "half"), "w") as out:
            out.write("x")
        raise LabError("stopped half-way")
    with tempfile.TemporaryDirectory() as folder:
        store = cache.Cache(folder)
        try:
            store.entry("sample", "selftest", "k" * 16, make)
            return False, "cache: a failed entry raises nothing"
        except LabError:
            left = [name for name in os.listdir(folder) if name.startswith("sample")]
            return not left, f"cache: a failed entry leaves {left}"


def cache_locks():
    with tempfile.TemporaryDirectory() as folder:
        calls = []

        def make(tmp):
            calls.append(tmp)
        stores = [cache.Cache(folder) for _ in range(4)]
        threads = [threading.Thread(target=store.entry, args=("sample", "selftest", "k" * 16, make))
                   for store in stores]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        return len(calls) == 1, f"cache: four users made it {len(calls)} times"


def no_space_is_named():
    with tempfile.TemporaryDirectory() as folder:
        log = os.path.join(folder, "log")
        try:
            command.run(["sh", "-c", "cat /dev/zero > /dev/full"], "fill", log)
        except LabError as error:
            return "no space left" in str(error), f"a full disk reads: {error}"
        return False, "writing to a full disk succeeds"


def programs_time_out():
    with tempfile.TemporaryDirectory() as folder:
        try:
            command.run(["sleep", "60"], "sleep", os.path.join(folder, "log"), timeout=0.2)
        except LabError as error:
            return "not done after" in str(error), f"a hung program reads: {error}"
        return False, "a hung program is waited for"


# What apt and dpkg are to mmdebstrap: a mount, and a child with a session of its own.
MOUNTS = ("mount -t tmpfs tmpfs place && { setsid sh -c 'touch begun; exec sleep 300' > alive & } && "
          "sleep 300")


def killed_program_leaves_nothing():
    """Neither a mount nor a process, once it has begun; a busy machine gets more time for that."""
    with tempfile.TemporaryDirectory() as folder:
        place = os.path.join(folder, "place")
        os.mkdir(place)
        os.mkfifo(os.path.join(folder, "alive"))
        alive = os.open(os.path.join(folder, "alive"), os.O_RDONLY | os.O_NONBLOCK)
        for limit in (1, 10, 100):
            try:
                command.run(command.contained(["sh", "-c", MOUNTS]), "mount",
                            os.path.join(folder, "log"), cwd=folder, timeout=limit)
            except LabError:
                pass
            if os.path.exists(os.path.join(folder, "begun")):
                break
        mounted = os.path.ismount(place)
        if mounted:
            command.output(["umount", place], "umount")
        ended = _ends(alive, 60)
        os.close(alive)
        begun = os.path.exists(os.path.join(folder, "begun"))
        return begun and ended and not mounted, f"killed: begun {begun}, ended {ended}, mounted {mounted}"


def _ends(pipe, limit):
    """Whether the last writer of a pipe goes, in so many seconds."""
    deadline = time.monotonic() + limit
    while time.monotonic() < deadline:
        try:
            if not os.read(pipe, 1):
                return True
        except BlockingIOError:
            time.sleep(0.1)
    return False


def matrix_is_sound():
    names = [target.name for target in matrix.targets()]
    unknown = [t.suite for t in matrix.targets() if t.suite not in matrix.suites()]
    for target in matrix.targets():
        re.compile(target.kernel)
        re.compile(target.systemd)
        matrix.machine(target.machine)
    return len(set(names)) == len(names) and not unknown, f"matrix: {names} {unknown}"


def matrix_refuses():
    with tempfile.NamedTemporaryFile("w") as text:
        text.write("row bookworm 6.1\n")
        text.flush()
        try:
            matrix.targets(text.name)
        except LabError as error:
            return "5 columns" in str(error), str(error)
        return False, "matrix: a line with three columns is accepted"


def versions_sort():
    order = ["5.10.0-9-amd64", "5.10.0-46-amd64", "6.12.9+deb13-amd64", "6.12.117+deb13-amd64"]
    return sorted(reversed(order), key=archive.version_key) == order, "kernel releases sort as text"


def ports_are_free():
    found = stock.free_ports(matrix.machine("q35"))
    return found == ["rp3", "rp4", "rp5"], f"free ports of q35: {found}"


def cpio_is_read():
    """The kernel's reader is checked by every boot; here, the layout."""
    blob = initramfs.build({"bin/tool": (0o100755, b"12345")})
    return (blob.startswith(b"070701") and len(blob) % 4 == 0 and b"TRAILER!!!" in blob
            and blob.index(b"bin\0") < blob.index(b"bin/tool\0")), "initramfs: not a newc archive"


def sync_follows():
    with tempfile.TemporaryDirectory() as folder:
        tree, copy = os.path.join(folder, "tree"), os.path.join(folder, "copy")
        os.makedirs(tree)
        os.makedirs(copy)
        for name in ("kept", "lost"):
            with open(os.path.join(tree, name), "w") as out:
                json.dump(name, out)
        sync.copy(tree, copy)
        before = os.stat(os.path.join(copy, "kept")).st_mtime_ns
        os.unlink(os.path.join(tree, "lost"))
        open(os.path.join(copy, "built.o"), "w").close()
        sync.copy(tree, copy)
        left = sorted(name for name in os.listdir(copy) if not name.startswith("."))
        same = os.stat(os.path.join(copy, "kept")).st_mtime_ns == before
        return left == ["built.o", "kept"] and same, f"sync: {left}, unchanged file touched: {not same}"


def killed_build():
    """Half an object stays when make is killed, and only then goes the folder."""
    with tempfile.TemporaryDirectory() as folder:
        half = os.path.join(folder, "src", "half.o")
        os.makedirs(os.path.dirname(half))
        open(half, "w").close()
        with build.whole(folder, "selftest", "src"):
            kept = os.path.exists(half)
        open(os.path.join(folder, ".building"), "w").close()    # as SIGKILL leaves it
        with build.whole(folder, "selftest", "src"):
            gone = not os.path.exists(half)
        return kept and gone, f"build: kept {kept}, started over {gone}"


STARVED = ("[  303.5] rcu: rcu_preempt kthread starved for 75002 jiffies! g-1151 f0x0 "
           "RCU_GP_WAIT_FQS(5) ->state=0x402 ->cpu=0\n")


def lost_timer_is_seen():
    """Only of a guest that has not begun; what hangs later is a failure."""
    seen = stock.lost_timer("", STARVED)
    begun = stock.lost_timer("begin nonce=0123456789abcdef\n", STARVED)
    clean = stock.lost_timer("", "[    0.1] rcu: Hierarchical RCU implementation.\n")
    return seen and not begun and not clean, f"lost timer: seen {seen}, begun {begun}, clean {clean}"


def assertion_is_seen():
    """Not every death of QEMU is a failed assertion."""
    words = "qemu-system-x86_64: system/physmem.c:2671: iotlb_to_section: Assertion `x' failed.\n"
    seen = stock.asserted(-6, words)
    killed = stock.asserted(-9, words)
    other = stock.asserted(-6, "qemu-system-x86_64: warning: hub 0 is not connected to host network\n")
    return seen and not killed and not other, f"assertion: seen {seen}, killed {killed}, other {other}"


class Ports:
    """As much of QEMU as an unplugging needs: two devices, in ports that are busy at first."""

    def __init__(self, leaves=True):
        self.leaves = leaves
        self.devices = ["type", "one", "two"]
        self.asked = []

    def command(self, name, **arguments):
        if name == "qom-list":
            return [{"name": device} for device in self.devices]
        name = arguments["id"]
        self.asked.append(name)
        if self.asked.count(name) == 1:
            raise LabError("Hot-unplug failed: guest is busy (power indicator blinking)")
        if self.leaves and set(self.asked) == {"one", "two"}:
            self.devices.remove(name)
        if name == "two":       # it was just going
            raise LabError("Device 'two' not found")
        return {}


def unplugging_ends():
    """When both are gone, of which nothing tells; an unknown one leaves all as it is."""
    ports = Ports()
    requests = control.Control(ports, "", "", [])
    answers = [requests.serve(["1", "del", *names])
               for names in (["one", "none"], ["one", "two"], ["one"])]
    return (answers == ["1 error none: no such device", "1 ok", "1 error one: no such device"]
            and ports.asked == ["one", "two", "one", "two"],
            f"unplugging: {answers}, asked {ports.asked}")


def unplugging_is_given_up():
    limit, control.UNPLUG_LIMIT = control.UNPLUG_LIMIT, 2
    try:
        answer = control.Control(Ports(False), "", "", []).serve(["1", "del", "one"])
    finally:
        control.UNPLUG_LIMIT = limit
    return answer == "1 error one: the guest did not let go in 2 s", f"unplugging: {answer}"


INJECTED = ("[  320.2] faults: vmalloc error: size 374208, vm_struct allocation failed\n"
            "[  320.3] Call Trace:\n")


def injected_failure_is_known():
    """One stack for each; the next one is somebody else's, and so is that of another program."""
    alone = kernellog.bad_lines(INJECTED)
    twice = kernellog.bad_lines(INJECTED + "[  321.0] Call Trace:\n")
    other = kernellog.bad_lines(INJECTED.replace("faults", "udevd"))
    return not alone and len(twice) == 1 and len(other) == 1, \
        f"injected failure: alone {alone}, twice {twice}, other {other}"


ALL = (cache_keeps, cache_sees_change, cache_sees_loss, cache_sees_half, cache_leaves_nothing,
       cache_locks, no_space_is_named, programs_time_out, killed_program_leaves_nothing,
       matrix_is_sound, matrix_refuses, versions_sort, ports_are_free, cpio_is_read, sync_follows,
       killed_build, lost_timer_is_seen, assertion_is_seen, unplugging_ends,
       unplugging_is_given_up, injected_failure_is_known)
