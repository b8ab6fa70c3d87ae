"""From paths to outcomes: what the cache knows, the rest checked here or, where that pays, by several processes."""

from __future__ import annotations

import os

from cnnspec.base.diagnostic import Diagnostic
from cnnspec.base.limits import MAX_BYTES
from cnnspec.base.source import Source
from cnnspec.cli.cache import NAME, VARIABLE, Cache
from cnnspec.cli.inputs import Inputs, leads_to_model
from cnnspec.cli.option_values import read_positive
from cnnspec.cli.results import Outcome, Untold, as_data, examine, examine_model, from_data

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse
    from collections.abc import Iterator, Sequence
    from typing import Any

    from cnnspec.cli.settings import Lookup

    Task = tuple[str, str | None, frozenset[str] | None]  # a path, the folder of its cache, the rules' codes

FEW = 8  # files; two processes are as fast as one at 4 files of ResNet-50's size, and starting them is 15 ms of work
PROSE = ("full", "concise")


def add_run_options(parser: argparse.ArgumentParser) -> None:
    group = parser.add_argument_group("how it is done")
    group.add_argument(
        "--jobs",
        type=read_positive,
        metavar="N",
        help="check N files at once (as many as there are cores, for many files)",
    )
    group.add_argument("--watch", action="store_true", help="check again whenever something changes, until Ctrl-C")
    group.add_argument("--no-cache", action="store_true", help="check all anew, and keep nothing")
    group.add_argument(
        "--cache-dir",
        metavar="DIR",
        default=os.environ.get(VARIABLE) or None,
        help=f"where what was found in unchanged files is kept ({NAME} in the project; or ${VARIABLE})",
    )


def check_paths(options: argparse.Namespace, lookup: Lookup) -> list[Outcome]:
    """What is found in each file that the paths name, in their order."""
    cache = Cache(options)
    made: list[Outcome | None] = []
    tasks: dict[int, Task] = {}
    for path in lookup.files(options.paths):
        if isinstance(path, Diagnostic):
            made.append(Outcome("", refused=(f"{path.message}: {path.help}",)))
            continue
        name = lookup.inputs.name_source(path)
        codes = lookup.of(path).codes(name)
        task = path, None if is_large_model(path) else cache.folder(path, lookup), codes
        known = None
        if task[1] is not None:
            known = cache.find(task[1], name, lookup.inputs.read_bytes(path), codes)
        if known is None:
            tasks[len(made)] = task
        made.append(known)
    if tasks:
        check(tasks, made, Checker(options, cache, lookup.inputs), options)
    results = [outcome for outcome in made if outcome is not None]
    for outcome in results:
        lookup.looked_at.update([name for name in (outcome.name, *outcome.reads) if name])
    return results


def is_large_model(path: str) -> bool:
    """Whether a path leads to a model file of more bytes than are read of a file at once: it is always checked anew, since
    of a model the weights are not read, and the cache would."""
    if not leads_to_model(path):
        return False
    try:
        return os.stat(path).st_size > MAX_BYTES
    except (OSError, ValueError):  # there is none
        return True


class Checker:
    """Checks one file, and has the cache keep what comes of it."""

    def __init__(self, options: argparse.Namespace, cache: Cache, inputs: Inputs) -> None:
        self.options = options
        self.cache = cache
        self.inputs = inputs

    def here(self, task: Task) -> Outcome:
        """What is found. UsageError for options that do not fit the file."""
        return self._examined(task)[0]

    def __call__(self, task: Task) -> Any:
        """The same as plain data with the sources that they lie in, for the parent; None: what only it can do or say."""
        try:
            outcome, sources = self._examined(task)
            texts = [[s.name, s.text] for s in sources] if outcome.diagnostics else []
            return texts, as_data(outcome, "Outcome", sources)
        except Exception:
            return None

    def _examined(self, task: Task) -> tuple[Outcome, Sequence[Source]]:
        path, folder, codes = task
        name = self.inputs.name_source(path)
        if leads_to_model(path):
            data = None if folder is None else self.inputs.read_bytes(path)
            examined = examine_model(path, name, self.options, codes)
            if data is None or self.inputs.read_bytes(path) != data:  # or something else than was read in between
                return examined.outcome, examined.sources
        else:
            data = self.inputs.read_bytes(path)
            examined = examine(name, data, self.options, codes)
        self.cache.keep(folder, name, data, codes, examined)
        return examined.outcome, examined.sources


def check(tasks: dict[int, Task], made: list[Outcome | None], checker: Checker, options: argparse.Namespace) -> None:
    """Put what is found into `made`, at the numbers of the tasks."""
    from cnnspec.cli.progress import Bar, watched

    wanted = len(tasks) > FEW and not options.quiet and watched(options.output_format not in PROSE)
    with Bar(len(tasks), wanted) as bar:
        for number, outcome in check_in_workers(tasks, checker, options):
            made[number] = outcome
            bar.step()
        for number, task in tasks.items():  # in their order, so that of several usage errors it is always the first
            if made[number] is None:
                made[number] = checker.here(task)
                bar.step()


def check_in_workers(
    tasks: dict[int, Task], checker: Checker, options: argparse.Namespace
) -> Iterator[tuple[int, Outcome]]:
    """What other processes find, as it comes; what they do not tell is left to this one."""
    numbers = [number for number, (path, _, _) in tasks.items() if not checker.inputs.is_read_once(path)]
    if options.jobs == 1 or len(numbers) < (2 if options.jobs else FEW + 1):
        return
    from cnnspec import pipeline  # noqa: F401  (imported once, for all that are forked)
    from cnnspec.base.jobs import Died, cores, spread

    jobs = min(options.jobs or cores(), len(numbers))
    if jobs == 1:
        return
    for at, result in spread(checker, [tasks[number] for number in numbers], jobs):
        number = numbers[at]
        path = tasks[number][0]
        if isinstance(result, Died):
            yield number, Outcome(path, refused=(f"{path}: {result}",))
        elif result is not None:
            texts, data = result
            try:
                yield number, from_data(data, "Outcome", [Source(*text) for text in texts])
            except Untold:
                continue
