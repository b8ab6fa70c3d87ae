"""The folder for a file without a name that memory has no room for: on a disk, for one that lies in memory takes what is short.

It is what TMPDIR names, else the working folder, where run folders are made too, else /var/tmp, which no boot clears.
"""

from __future__ import annotations

import os
from contextlib import suppress

from cnnspec.base.record import Record
from cnnspec.train.errors import TrainingFailed

IN_MEMORY = ("tmpfs", "ramfs", "devtmpfs")  # file systems
LAST = "/var/tmp"


class DiskFolder(Record):
    """A folder, and why it was taken where TMPDIR, or nothing, named another: "TMPDIR lies in memory"."""

    path: str
    why: str = ""


def find_folder() -> DiskFolder:
    """The folder to take. Raises TrainingFailed where all lie in memory, or cannot be written."""
    named = os.environ.get("TMPDIR")
    first, *others = [named, os.getcwd(), LAST] if named else [os.getcwd(), LAST]
    if not lies_in_memory(first):
        return DiskFolder(first)
    for path in others:
        if os.access(path, os.W_OK | os.X_OK) and not lies_in_memory(path):
            return DiskFolder(path, f"{'TMPDIR' if named else 'the working folder'} ({first}) lies in memory")
    tried = ", ".join(dict.fromkeys([first, *others]))
    raise TrainingFailed(
        f"the batches do not fit in memory, and there is no folder on a disk to keep them in, of {tried}",
        "let TMPDIR name one", 2,
    )  # fmt: skip


def lies_in_memory(path: str, mounts: str = "/proc/self/mountinfo") -> bool:
    """Whether what is written there stays in memory; False where the system does not say (only Linux does)."""
    with suppress(OSError, ValueError), open(mounts, encoding="utf-8", errors="replace") as lines:
        device = os.stat(path).st_dev
        number = f"{os.major(device)}:{os.minor(device)}"
        for line in lines:  # 36 35 98:0 / /mnt rw,noatime shared:1 - ext3 /dev/root rw
            mount, _, system = line.partition(" - ")
            if mount.split()[2] == number:
                return system.split()[0] in IN_MEMORY
    return False
