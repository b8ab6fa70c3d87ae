"""Which rules run: those asked for, less those ignored.

A rule is named by its code (W201), the beginning of codes (W, W2), its name (illegal-stride), or ALL. Of what selects
and what ignores a rule, the longer naming decides, and ignoring wins a draw: `--select W --ignore W201` runs every W but
one, `--select W201 --ignore W` that one alone. What is not named but on by default counts as the shortest naming.
"""

from __future__ import annotations

from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.record import Record
from cnnspec.base.source import brief
from cnnspec.lint import index
from cnnspec.lint.rules import optional

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence

STRICT_STRIDE = "E113"
PROFILES = ("lecture",)
TARGETS = ("keras", "torch", "onnx", "gpu")


class Selection(Record):
    """What was asked for; `select` None: the rules that are on by default."""

    select: tuple[str, ...] | None = None
    ignore: tuple[str, ...] = ()
    extend_select: tuple[str, ...] = ()
    profile: str | None = None
    strict_stride: bool = False
    target: tuple[str, ...] = ()

    def codes(self, without: tuple[str, ...] = ()) -> frozenset[str] | None:
        """The codes of the rules that run; None when nothing was asked for: the default ones. Rules for nothing but the
        targets in `without` run only where they are asked for.

        Raises ValueError, with one sentence, for a rule that there is not.
        """
        if self == Selection() and not without:
            return None
        selected, extended = codes_named(self.select or ()), codes_named(self.extend_select)
        if self.strict_stride:
            extended[STRICT_STRIDE] = len(STRICT_STRIDE)
        ignored = codes_named(self.ignore, ignoring=True)
        on = []
        for code in index.RULES:
            asked = max(extended.get(code, -1), selected.get(code, -1), 0 if self.by_default(code, without) else -1)
            if asked > ignored.get(code, -1):
                on.append(code)
        return frozenset(on)

    def by_default(self, code: str, without: tuple[str, ...] = ()) -> bool:
        """Whether a rule runs without being named. `without`: see `codes`."""
        targets = index.TARGETS.get(code, ())
        wanted = not set(targets).isdisjoint(self.target)
        if self.profile is not None and index.PROFILES.get(code) == self.profile:
            return True
        if self.select is not None:
            return False
        left_out = bool(targets) and set(targets) <= set(without)
        return wanted or (code not in index.ON_REQUEST and not left_out and not (targets and self.target))


def codes_named(words: Sequence[str], ignoring: bool = False) -> dict[str, int]:
    """The codes of rules that some words name, each with the length of the longest naming. ValueError for an unknown one."""
    found: dict[str, int] = {}
    for word in words:
        codes = [code for code, name in index.NAMES.items() if word.upper() == code or word.lower() == name]
        length = len(codes[0]) if codes else len(word)
        if word.upper() == "ALL":
            codes, length = list(index.NAMES), 0
        codes = codes or [code for code in index.NAMES if word and code.startswith(word.upper())]
        if not codes:
            help = write_suggestion(word, [*index.NAMES, *index.NAMES.values()]) or ": `cnnspec rules` lists them"
            raise ValueError(f'no rule is called "{brief(word)}"{help}')
        if ignoring and not any(map(optional, codes)):
            raise ValueError(f"{codes[0]} {index.NAMES[codes[0]]} is an error of the language: it cannot be ignored")
        for code in codes:
            found[code] = max(found.get(code, 0), length)
    return found
