"""The pages of the findings, read from where they are written: the docstrings of their files."""

from __future__ import annotations

import inspect

from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.record import Record
from cnnspec.lint.index import NAMES, ON_REQUEST, PROFILES, TARGETS
from cnnspec.lint.rules import fix_of, module_of, optional
from cnnspec.lint.selection import STRICT_STRIDE

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
    """The page of a code."""
    module, name = module_of(code), NAMES[code]
    text = inspect.cleandoc(module.__doc__ or "")
    head, _, rest = text.partition("\n\n")
    title = " ".join(head.split()).removeprefix(f"{code} {name}: ").rstrip(".")
    title = title[0].upper() + title[1:]
    why = rest.partition("\n\nBad:")[0].partition("\n\nSource:")[0].strip()
    why = "" if why.startswith(("Bad:", "Source:")) else " ".join(why.split())
    return Page(code, name, module.SEVERITY, runs(code), fix_of(code), title, why, rest.strip() or f"{title}.")


def runs(code: str) -> str:
    """When a rule runs, in words."""
    if not optional(code):
        return "always"
    targets = [f"--target {target}" for target in TARGETS.get(code, ())]
    profile = ["--strict-stride"] if code == STRICT_STRIDE else []
    profile += [f"--profile {PROFILES[code]}"] if code in PROFILES else []
    if code not in ON_REQUEST:
        return f"on; with targets, only {' or '.join(targets)}" if targets else "on"
    return f"off; on with {' or '.join([*targets, *profile])}" if targets or profile else "off"


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
        f'no rule is called "{word}"'
        + (write_suggestion(word, [*NAMES, *NAMES.values()]) or ": `cnnspec rules` lists them")
    )
