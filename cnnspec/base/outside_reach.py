"""What a training reaches outside of its project: an address that it sends figures to, data that lie elsewhere.

The project is the one below which `use` finds files. A path is only resolved here, nothing is opened.
"""

from __future__ import annotations

import os
import re

from cnnspec.base.did_you_mean import GIVEN, NAMED_DATA
from cnnspec.base.record import Record
from cnnspec.base.source_files import find_used_file

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.base.source import Span
    from cnnspec.layers.argument import Term
    from cnnspec.train.settings import TrainSettings

ROOT, PATH = "http://localhost:9000", "/publish/epoch/end/"  # remote_monitor's own
SECRETS = re.compile(r"(?<=//)[^/?#@\s]*@|(?<=\?).*", re.DOTALL)  # a user and a password, a query


class Reached(Record):
    """One thing outside of the project, in words that follow "training"; `network` says whether a network is needed for it."""

    what: str
    key: str  # of the train section
    callback: Term | None = None
    network: bool = False

    def span(self, settings: TrainSettings) -> Span | None:
        """Where it is written: the callback's word, else the setting."""
        if self.callback is not None and self.callback.place is not None:
            from cnnspec.base.source import Span

            node, scope = self.callback.place
            return Span(scope.source, node.start, node.end)
        return settings.span(self.key)


def mask_secrets(address: str) -> str:
    """An address without what is secret in it."""
    return SECRETS.sub(lambda found: "…@" if found[0].endswith("@") else "…", address)


def find_reached(settings: TrainSettings, root: str | None = None) -> Iterator[Reached]:
    """What settings reach; `root` is the project's real path, None: that of the folder in which their paths start."""
    for callback in settings.callbacks:
        if callback.name == "RemoteMonitor":
            given = dict(callback.keywords)
            address = mask_secrets(str(given.get("root", ROOT)) + str(given.get("path", PATH)))
            yield Reached(f"sends the figures of every epoch to {address}", "callbacks", callback, True)
    data = settings.data
    if data is not None and data not in (*NAMED_DATA, GIVEN) and not data.startswith("tfds:"):
        yield from _find_read("data", data, settings.folder, root)
    if settings.start is not None and settings.start != "imagenet":
        yield from _find_read("start", settings.start, settings.start_folder, root)


def _find_read(key: str, given: str, folder: str, root: str | None) -> Iterator[Reached]:
    """Where a path leads that a setting gives, from a folder on, if that is outside of the project."""
    if os.name == "nt" and given.replace("\\", "/").startswith("//"):  # asking for it asks that machine
        yield Reached(f'reads "{given}", on another machine', key, network=True)
        return
    own, path = find_used_file(os.path.join(folder, "spec"), os.path.expanduser(given))
    root = root or own
    if not _below(path, root):
        plain = os.path.normpath(os.path.join(os.path.abspath(folder), os.path.expanduser(given)))
        link = (
            ", a link that leads out of the project"
            if _below(plain, root) or _below(plain, os.path.abspath(root))
            else ", which lies outside of the project"
        )
        yield Reached(f'reads "{given}"{link}', key)


def _below(path: str, root: str) -> bool:
    try:
        return os.path.commonpath([root, path]) == root
    except ValueError:  # another drive
        return False
