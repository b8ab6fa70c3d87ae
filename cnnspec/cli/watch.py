"""`--watch`: check again whenever something that the answer depends on has changed, until Ctrl-C.

Twice a second the times and sizes of all these files are looked at: those that the paths name now, those that they use,
and what configures them, there or not. That needs no service of the system, works on every file system, and sees an
editor that replaces a file as well as one that writes into it. A change is waited out before it is checked.
"""

from __future__ import annotations

import os
import stat
import sys
from time import localtime, sleep, strftime, time

from cnnspec.base.source_files import ROOT_MARKS
from cnnspec.cli import settings
from cnnspec.cli.inputs import Inputs
from cnnspec.cli.messages import UsageError, print_message

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Callable, Iterable

    Snapshot = dict[str, tuple[int, int, int] | None]  # path → time, size and identity; None: there is no such file

INTERVAL = 0.5  # seconds between two looks
SETTLING = 0.1  # seconds for which nothing must change before it is checked
PATIENCE = 20  # looks at what does not settle; then it is checked as it is
SLACK = 20_000_000  # nanoseconds by which a file system's clock may be late


def watch(options: argparse.Namespace, once: Callable[[argparse.Namespace, settings.Lookup], int]) -> int:
    """Run `once` again and again; 0 when it is interrupted, since that is how it ends. UsageError for what cannot be watched."""
    inputs = Inputs(options.paths)
    for path in filter(inputs.is_read_once, options.paths):
        raise UsageError(f"--watch cannot read {'stdin' if path == '-' else path} again: name a file or a folder")
    if options.write_baseline:
        raise UsageError("--watch and --write-baseline together: write the baseline first")
    known: set[str] = {options.baseline} if options.baseline else set()
    clears = sys.stdout.isatty() and os.environ.get("TERM") != "dumb"
    try:
        while True:
            started = time() * 1e9 - SLACK
            lookup = settings.Lookup(options)
            before = snapshot(lookup, options.paths, known)
            if clears:
                print("\x1b[2J\x1b[3J\x1b[H", end="")
            try:
                once(options, lookup)
            except UsageError as error:  # half of a configuration, perhaps
                print_message(str(error))
            sys.stdout.flush()
            known |= lookup.looked_at
            for path, state in snapshot(lookup, options.paths, known).items():  # what was not known before it was read
                before.setdefault(path, None if state and state[0] > started else state)
            if not options.quiet:
                files = len({os.path.realpath(path) for path in lookup.looked_at})
                many = "" if files == 1 else "s"
                print_message(
                    f"checked at {strftime('%H:%M:%S', localtime())}, watching {files} file{many}; Ctrl-C ends it"
                )
            changed = wait(lookup, options.paths, known, before)
            if not (clears or options.quiet):
                print_message(f"{named(changed)} changed")
    except KeyboardInterrupt:
        if sys.stderr.isatty():
            print(file=sys.stderr)  # behind the ^C that the terminal shows
        return 0


def wait(lookup: settings.Lookup, paths: list[str], known: Iterable[str], before: Snapshot) -> list[str]:
    """Wait until something is not as it was and has settled; what that is."""
    while (now := snapshot(lookup, paths, known)) == before:
        sleep(INTERVAL)
    for _ in range(PATIENCE):
        sleep(SETTLING)
        last, now = now, snapshot(lookup, paths, known)
        if now == last:
            break
    return sorted(path for path in {*before, *now} if before.get(path) != now.get(path))


def snapshot(lookup: settings.Lookup, paths: list[str], known: Iterable[str]) -> Snapshot:
    """The state of all that a check of these paths depends on."""
    try:
        files = {path for path in lookup.find_files(paths) if isinstance(path, str)} | {*known}
    except UsageError:  # a configuration that cannot be used: what it leaves out is not known
        files = {*known}
    folders = {os.path.dirname(os.path.abspath(path)) for path in (*files, *paths)} | {
        os.path.abspath(path) for path in paths if os.path.isdir(path)
    }
    above = set(folders)
    for folder in folders:
        while (folder := os.path.dirname(folder)) not in above:
            above.add(folder)
    files |= {os.path.join(folder, mark) for folder in above for mark in ROOT_MARKS}
    return {path: state_of(path) for path in files}


def state_of(path: str) -> tuple[int, int, int] | None:
    try:
        found = os.stat(path)
    except (OSError, ValueError):
        return None
    if stat.S_ISDIR(found.st_mode):  # .git: only that it is there
        return 0, 0, 0
    return found.st_mtime_ns, found.st_size, found.st_ino


def named(paths: list[str]) -> str:
    """ "net.cnn and 2 others"."""
    shown = sorted({os.path.relpath(os.path.realpath(path)) for path in paths})  # a file that is used has two names
    others = len(shown) - 1
    return "".join(shown[:1]) + (f" and {others} other{'s' * (others > 1)}" if others > 0 else "")
