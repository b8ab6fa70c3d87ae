"""The pages of the rules, read from where they are written: a rule's docstring, or the sentence about a refusal."""

from __future__ import annotations

import inspect

from cnnspec.base.diagnostic import ERROR, INFO, NAMES
from cnnspec.base.names import suggestion
from cnnspec.base.record import Record
from cnnspec.base.source import Source
from cnnspec.lint import rules
from cnnspec.lint.fix.registry import kind
from cnnspec.lint.language import NOTES, REFUSED
from cnnspec.lint.selection import STRICT_STRIDE
from cnnspec.pipeline import analyse

TYPE_CHECKING = False
if TYPE_CHECKING:
    from types import ModuleType


class Page(Record):
    """What there is to know about a code. `runs` says when the rule runs, `fix` of which kind its repairs are: safe,
    unsafe, shown alone, or none."""

    code: str
    name: str
    severity: str
    runs: str
    fix: str
    title: str
    why: str
    text: str

    def markdown(self) -> str:
        """The text with its specs fenced."""
        lines: list[str] = []
        for paragraph in self.text.split("\n\n"):
            spec = paragraph.startswith("    ")
            lines.append(f"```cnn\n{inspect.cleandoc(paragraph)}\n```" if spec else paragraph)
        return "\n\n".join(lines).replace("\n```\n\n```cnn\n", "\n\n")


def pages() -> list[Page]:
    """Of every code, in the order of the codes."""
    return [page_of(code) for code in sorted(NAMES)]


def page_of(code: str) -> Page:
    """The page of a code of NAMES."""
    rule = next((rule for rule in rules.ALL if code == rule.CODE), None)
    name = NAMES[code]
    if rule is None:
        return Page(
            code,
            name,
            INFO if code in NOTES else ERROR,
            "always",
            kind(code),
            REFUSED[code].rstrip("."),
            "",
            REFUSED[code],
        )
    text = inspect.cleandoc(rule.__doc__ or "")
    head, _, rest = text.partition("\n\n")
    title = " ".join(head.split()).removeprefix(f"{code} {name}: ").rstrip(".")
    why = rest.partition("\n\nBad:")[0].partition("\n\nSource:")[0].strip()
    why = "" if why.startswith(("Bad:", "Source:")) else " ".join(why.split())
    return Page(code, name, severity_of(rule), runs(rule), kind(code), title[0].upper() + title[1:], why, rest.strip())


def runs(rule: ModuleType) -> str:
    """When a rule runs, in words."""
    if not rules.optional(rule.CODE):
        return "always"
    targets = [f"--target {target}" for target in getattr(rule, "TARGETS", ())]
    profile = ["--strict-stride"] if rule.CODE == STRICT_STRIDE else []
    profile += [f"--profile {rule.PROFILE}"] if hasattr(rule, "PROFILE") else []
    if rule.DEFAULT:
        return f"on; with targets, only {' or '.join(targets)}" if targets else "on"
    return f"off; on with {' or '.join([*targets, *profile])}" if targets or profile else "off"


def severity_of(rule: ModuleType) -> str:
    """The severity that its page's bad example is found with."""
    code: str = rule.CODE
    found = analyse(Source("bad.cnn", example(rule, "Bad")), codes=rules.default_codes() | {code}).diagnostics
    return next((d.severity for d in found if d.code == code), ERROR)


def example(rule: ModuleType, word: str) -> str:
    """The spec of a page that stands below `Bad:` or `Good:`."""
    text = inspect.cleandoc(rule.__doc__ or "").partition(f"\n{word}:\n")[2]
    lines: list[str] = []
    for line in text.split("\n"):
        if line and not line.startswith("    "):
            break
        lines.append(line)
    return inspect.cleandoc("\n".join(lines)) + "\n"


def find(word: str) -> Page:
    """The page of a code or a name. Raises ValueError, with one sentence, for one that there is not."""
    for code, name in NAMES.items():
        if word.upper() == code or word.lower() == name:
            return page_of(code)
    raise ValueError(
        f'no rule is called "{word}"' + (suggestion(word, [*NAMES, *NAMES.values()]) or ": `cnnspec rules` lists them")
    )
