# SPDX-License-Identifier: GPL-2.0-only
"""The guest's Debian as a read-only image: real systemd and udev, little else."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from lab.host import cache, progress
from lab.make import archive, chroot, matrix

if TYPE_CHECKING:
    from lab.laboratory import Lab

# Units that a test guest has no use for; everything udev does stays.
MASKED = ("systemd-timesyncd.service", "systemd-networkd.service", "systemd-resolved.service",
          "systemd-update-utmp.service", "systemd-update-utmp-runlevel.service", "apt-daily.timer",
          "apt-daily-upgrade.timer", "dpkg-db-backup.timer", "e2scrub_all.timer", "fstrim.timer",
          "systemd-tmpfiles-clean.timer", "e2scrub_reap.service", "getty.target",
          "systemd-firstboot.service", "systemd-pstore.service", "systemd-binfmt.service",
          "ldconfig.service", "systemd-hwdb-update.service", "systemd-journal-flush.service",
          "systemd-journal-catalog-update.service", "systemd-update-done.service",
          "systemd-machine-id-commit.service", "systemd-random-seed.service",
          "systemd-rfkill.socket", "systemd-boot-random-seed.service",
          "systemd-sysusers.service", "systemd-remount-fs.service", "systemd-hibernate-clear.service",
          "systemd-tmpfiles-setup-dev-early.service", "systemd-initctl.socket", "tmp.mount",
          "systemd-ask-password-console.path", "systemd-ask-password-wall.path",
          "proc-sys-fs-binfmt_misc.automount", "dev-hugepages.mount", "dev-mqueue.mount",
          "run-lock.mount", "sys-fs-fuse-connections.mount", "sys-kernel-config.mount",
          "modprobe@configfs.service", "modprobe@drm.service", "modprobe@efi_pstore.service",
          "modprobe@fuse.service")
# Generators that a test guest has no use for; each costs a process before the first unit.
GENERATORS = ("bless-boot", "cryptsetup", "factory-reset", "getty", "gpt-auto", "hibernate-resume",
              "integritysetup", "rc-local", "ssh", "system-update", "sysv", "tpm2", "veritysetup")


def _prepare(root: str) -> None:
    """Write the files that an installer would have written, and mask units."""
    etc = os.path.join(root, "etc")
    masked = [os.path.join(etc, "systemd/system", unit) for unit in MASKED]
    masked += [os.path.join(etc, "systemd/system-generators", f"systemd-{name}-generator")
               for name in GENERATORS]
    for path in masked:
        os.makedirs(os.path.dirname(path), exist_ok=True)
        cache.remove(path)
        os.symlink("/dev/null", path)
    for name, text in (("hostname", "waymark\n"), ("machine-id", "77" * 16 + "\n"),
                       ("fstab", ""), ("hosts", "127.0.0.1 localhost waymark\n")):
        with open(os.path.join(etc, name), "w") as out:
            out.write(text)
    for path in ("var/cache/apt", "var/lib/apt/lists", "usr/share/man", "usr/share/zoneinfo"):
        cache.remove(os.path.join(root, path))


def get(lab: Lab, suite: str) -> str:
    """The path of the image rootfs.sqfs."""
    packages = matrix.packages(suite, "guest")
    log = lab.log(f"rootfs-{suite}")
    tools = lab.tools()

    def make(tmp: str) -> None:
        progress.step(suite, f"make the guest's root file system ({len(packages)} packages)")
        root = os.path.join(tmp, "root")
        chroot.bootstrap(lab, suite, packages, root, log, f"{suite}: guest root file system")
        _prepare(root)
        tools.run(["mksquashfs", "/build/root", "/build/rootfs.sqfs", "-noI", "-noD", "-noF", "-noX",
                   "-no-progress", "-quiet"], f"{suite}: pack the root file system", log,
                  binds=[(tmp, "/build")])
        cache.remove(root)
    key = cache.key(packages, MASKED, GENERATORS, chroot.TRIM, archive.of(lab, suite).resolved(packages), 1)
    with lab.guard(f"rootfs-{suite}"):
        entry = lab.cache.entry("rootfs", suite, key, make)
    return os.path.join(entry, "rootfs.sqfs")
