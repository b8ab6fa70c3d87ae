"""Optuna on the candidates of a spec: suggestions that fit, constraints for the rest, and studies that several machines share.

A candidate that is illegal or too dear is never built. Where the space is small enough to be gone through, it is not even proposed:
each axis is suggested from what the options before it leave. That is what keeps a sampler from shrinking. To raise TrialPruned for
what is too dear, or to give it a constraint, teaches TPE on each axis by itself that large is bad, and it proposes what is small
on all of them.
"""

from __future__ import annotations

import os
import time
from contextlib import contextmanager

from cnnspec.compile.backend import MissingExtra
from cnnspec.layers.argument import show
from cnnspec.search.fitting import Narrowing
from cnnspec.search.scales import ORDERED, WORDS, Scale, make_scale
from cnnspec.search.space import Judgement, SearchSpace, make_space

try:
    import optuna
except ImportError:
    raise MissingExtra("optuna is not installed; cnnspec.search.optuna needs it", "search") from None

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from typing import Any

    from cnnspec.sweep.question import Over

JOURNALS = (".log", ".journal")  # how the names of journal files end
SPACE = "cnnspec"  # the user attribute of a study that says which space it is of
PARAMETERS, REASON = "parameters", "reason"  # user attributes of a trial
TRIES = 20
UNMADE = (
    "already exists",
    "UNIQUE constraint failed: alembic",
    "no such table",
)  # said while another process makes the tables
TIMEOUT = 60  # seconds that a process waits for another to finish writing


class Unfit(optuna.TrialPruned):  # type: ignore[misc]
    """A candidate that does not fit, and was not built: its constraints say so. The message is the reason."""


class BadStudy(ValueError):
    """A study that cannot be used; the message is a sentence."""


def suggest(trial: Any, spec: SearchSpace | str | os.PathLike[str], over: Over = (), **asked: Any) -> dict[str, Any]:
    """The parameters that a trial suggests, as `cnnspec.load` takes them; those of one trial are the same when asked again.

    `spec`, `over` and what else is asked (`where`, `columns`, `model`, parameters) are those of `make_space`, or `spec` is what
    that returns, which saves reading it for every trial. The trial notes its parameters, its figures, and as constraints
    (feasible at 0) whether it is legal and meets each condition. Raises Unfit for a candidate that does not fit, with the user
    attribute "reason": only of a space of more than a million candidates. Raises NothingFits where no candidate does.
    """
    space = spec if isinstance(spec, SearchSpace) else make_space(spec, over, **asked)
    judged = note(trial, space.judge(suggest_digits(trial, space)))
    if not judged.fits:
        raise Unfit(judged.reason)
    return judged.parameters


def suggest_digits(trial: Any, space: SearchSpace) -> tuple[int, ...]:
    """The places of the options that a trial suggests, one an axis: words first, then numbers, each from what is left."""
    scales = [make_scale(axis) for axis in space.axes]
    narrowing = Narrowing(space.fitting) if space.fitting.whole else None
    found: dict[int, int] = {}
    for number in sorted(range(len(scales)), key=lambda number: scales[number].kind != WORDS):
        left = None if narrowing is None else narrowing.places(number)
        place = suggest_place(trial, scales[number], left)
        if narrowing is not None:
            place = narrowing.take(number, narrowing.choose(number, place, len(scales[number].order)))
        found[number] = place
    return tuple([found[number] for number in range(len(scales))])


def suggest_place(trial: Any, scale: Scale, left: Sequence[int] | None) -> int:
    """The place of the option that a trial suggests on an axis, from those `left` (None: any).

    Options with even steps are suggested as they are; other numbers by where they stand in their order, so that the sampler knows
    that they have one. Words are always all suggested: Optuna takes no others in the next trial.
    """
    if scale.kind == WORDS:
        word: str = trial.suggest_categorical(scale.name, scale.texts)
        return scale.order[scale.texts.index(word)]
    ranks = range(len(scale.order)) if left is None else sorted([scale.order.index(place) for place in left])
    first, last = ranks[0], ranks[-1]
    if scale.kind == ORDERED or len(scale.order) == 1:
        rank: int = trial.suggest_int(f"{scale.name} (place)", first, last)
        return scale.order[rank]
    numbers = scale.numbers
    step = numbers[1] - numbers[0]
    value: int | float
    if isinstance(step, int):
        value = trial.suggest_int(scale.name, numbers[first], numbers[last], step=step)
    else:
        value = trial.suggest_float(scale.name, numbers[first], numbers[last], step=step)
    rank = round((value - numbers[0]) / step)
    return scale.order[min(last, max(first, rank))]


def write_proposal(space: SearchSpace, digits: Sequence[int]) -> dict[str, Any]:
    """What Optuna's `enqueue_trial` takes, so that the next trial suggests the candidate with these places of options."""
    found: dict[str, Any] = {}
    for axis, place in zip(space.axes, digits, strict=True):
        scale = make_scale(axis)
        rank = scale.order.index(place)
        if scale.kind == WORDS:
            found[scale.name] = scale.texts[rank]
        elif scale.kind == ORDERED or len(scale.order) == 1:
            found[f"{scale.name} (place)"] = rank
        else:
            found[scale.name] = scale.numbers[rank]
    return found


def note(trial: Any, judged: Judgement) -> Judgement:
    """Note in a trial what its candidate comes to, once."""
    if PARAMETERS not in trial.user_attrs:
        for name, violation in judged.violations.items():
            trial.set_constraint(name, violation)
        for name, value in judged.figures.items():
            trial.set_user_attr(name, value)
        if judged.reason:
            trial.set_user_attr(REASON, judged.reason)
        trial.set_user_attr(PARAMETERS, {name: show(value) for name, value in judged.parameters.items()})
    return judged


def make_study(
    space: SearchSpace, storage: Any = None, *, name: str = "cnnspec", direction: str = "maximize",
    sampler: Any = None, pruner: Any = None, more: Mapping[str, Any] | None = None, place: str = "the study",
) -> Any:  # fmt: skip
    """The study of a space in a file, made where there is none yet, which several processes, and machines, work on at once.

    `storage` is the path of an SQLite file (study.db), of a journal (study.log), which suits a network's file system, a URL or a
    storage as Optuna takes it; None keeps the study in memory. `more` is what the study must agree in besides its space, and
    `place` what a sentence calls a storage. Raises BadStudy, in one sentence, for a file that is no study, or one of another space.
    """
    agreed = {**space.describe(), "direction": direction, **(more or {})}
    named = isinstance(storage, (str, os.PathLike))
    place = os.fspath(storage) if named else place
    kept = open_study_file(place) if named else storage
    with quiet(), explain_trouble(place):
        study = optuna.create_study(
            storage=kept, study_name=name, direction=direction, load_if_exists=kept is not None, sampler=sampler,
            pruner=pruner,
        )  # fmt: skip
        tried = [trial for trial in study.get_trials(deepcopy=False) if trial.state.name not in ("FAIL", "WAITING")]
        before = study.user_attrs.get(SPACE)  # read after the trials, which whoever made the study begins later
        if before is None and tried:
            raise BadStudy(f'{place} has a study "{name}" that cnnspec did not make: name another file or study')
        if before is not None and before != agreed and tried:
            raise BadStudy(describe_difference(place, before, agreed))
        if before != agreed:
            study.set_user_attr(SPACE, agreed)
    return study


def open_study_file(place: str) -> Any:
    """The storage of studies at a path or URL. Raises BadStudy for a file that is none."""
    with quiet(), explain_trouble(place):
        return open_storage(place)


@contextmanager
def explain_trouble(place: str) -> Iterator[None]:
    """What SQLAlchemy, SQLite, JSON and the file system raise of a study's file, each with their own, is a BadStudy."""
    try:
        yield
    except (BadStudy, KeyboardInterrupt):
        raise
    except Exception as error:
        raise BadStudy(describe_trouble(place, error)) from None


def open_storage(place: str) -> Any:
    """The storage of studies at a path or URL. Raises BadStudy, and what the libraries raise for a file that is none."""
    if "://" in place:
        return optuna.storages.RDBStorage(place)
    folder = os.path.dirname(os.path.abspath(place))
    if not os.path.isdir(folder):
        raise BadStudy(f"{place} cannot be written: its folder does not exist")
    if os.path.isdir(place):
        raise BadStudy(f"{place} is a folder: name a file, such as study.db")
    if place.lower().endswith(JOURNALS):
        check_journal(place)
        backend = optuna.storages.journal.JournalFileBackend(place)
        return optuna.storages.JournalStorage(backend)
    if os.path.exists(place):
        check_sqlite(place)
    url, options = f"sqlite:///{os.path.abspath(place)}", {"connect_args": {"timeout": TIMEOUT}}
    for _ in range(TRIES):
        try:
            return optuna.storages.RDBStorage(url, engine_kwargs=options)
        except Exception as error:
            if not any(word in str(error) for word in UNMADE):
                raise
        time.sleep(0.2)
    return optuna.storages.RDBStorage(url, engine_kwargs=options)


def check_sqlite(place: str) -> None:
    """BadStudy for a file that is no SQLite file."""
    with open(place, "rb") as file:
        start = file.read(16)
    if start and start != b"SQLite format 3\0":
        raise BadStudy(
            f"{place} is no study: it is not an SQLite file (a journal's name ends in {' or '.join(JOURNALS)})"
        )


def check_journal(place: str) -> None:
    """BadStudy for a file that is no journal of Optuna's."""
    import json

    if not os.path.exists(place):
        return
    with open(place, "rb") as file:
        first = file.readline(1_000_000)
    try:
        sound = not first or "op_code" in json.loads(first)
    except (ValueError, TypeError):
        sound = False
    if not sound:
        raise BadStudy(f"{place} is no study: it is not a journal of Optuna's")


def describe_trouble(place: str, error: Exception) -> str:
    """Why a study cannot be opened, in a sentence."""
    said = str(error).strip().splitlines()[0] if str(error).strip() else type(error).__name__
    if "locked" in said:
        return f"{place} is locked by another program: wait for its end, and try again"
    return f"{place} cannot be used as a study: {said}"


def describe_difference(place: str, before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """How the space of a study differs from the one that is asked for, in a sentence."""
    words = {
        "text": "the text of the spec",
        "axes": "the options",
        "where": "the conditions",
        "fixed": "the parameters",
    }
    names = [words.get(name, name) for name in {**now, **before} if before.get(name) != now.get(name)]
    return (
        f"{place} has a study of another search, with other values for {', '.join(names)}: "
        "go on with what it was made for, or name another file"
    )


class quiet:  # noqa: N801  # a `with` statement reads as a sentence
    """Without the lines that Optuna logs of every step."""

    def __enter__(self) -> None:
        self.before = optuna.logging.get_verbosity()
        optuna.logging.set_verbosity(optuna.logging.ERROR)

    def __exit__(self, *_: object) -> None:
        optuna.logging.set_verbosity(self.before)
