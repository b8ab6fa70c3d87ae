"""What must be true of every answer, whatever was asked: a claim that does not hold is something wrong."""

from __future__ import annotations

import csv
import json
import re
import traceback
from collections import Counter
from io import StringIO
from xml.etree import ElementTree

from cnnspec.base.diagnostic import ERROR, Diagnostic
from cnnspec.base.source import Source
from cnnspec.base.source_files import decode_source
from cnnspec.findings.json import write_data
from cnnspec.findings.text import show_diagnostic
from cnnspec.format import format_source
from cnnspec.lint.fix.behaviour import same_graph
from cnnspec.lint.index import NAMES
from cnnspec.pipeline import Analysis, analyse
from tests.fuzz.apart import Limit, Outcome
from tests.fuzz.asked import asked
from tests.fuzz.commands import Command
from tests.fuzz.truth import Untrue, Wrong, claim, not_json

LAYERS = 300  # of a network that the claims about texts are tried on
PROGRAMMERS = re.compile(
    r"Traceback \(|internal error|defect of cnnspec|please report|object at 0x|<class '|<function |\bUNKNOWN\b|\b(?:Term|Size|Tensor|Closure|Node|Bad)\("
)
FRAME = re.compile(r'File "[^"]*/(cnnspec/[^"]+)", line \d+, in (\S+)')
MARKUP = ("format", "fix", "compile", "import")  # whose output is the text itself


# ---- of one finding ----------------------------------------------------------------------------------------
def clear(found: Diagnostic) -> None:
    """One readable sentence, at a place that is in the text, and what to do."""
    for sentence in (found.message, found.help, *[note.message for note in found.notes]):
        claim("\n" not in sentence, "a sentence of several lines", sentence)
        claim(len(sentence) <= (1200 if sentence == found.help else 400), "a long sentence", sentence)
        for word in re.findall(r"Traceback|\w*Error\b|Exception|\bcnnspec\.\w", sentence) + PROGRAMMERS.findall(
            sentence
        ):
            claim(any(word in s.source.text for s in [found.span] if s), f"a programmer's word: {word}", sentence)
    claim(
        found.message and not found.message.endswith((".", " ", ":")),
        "a sentence that does not end well",
        found.message,
    )
    claim(found.code in NAMES and found.name, "an unknown code", found.code)
    for span in [found.span, *[note.span for note in found.notes]]:
        if span is not None:
            claim(
                0 <= span.start <= span.end <= len(span.source.text), "a place outside the text", (span.start, span.end)
            )
            claim(span.source.position(span.start)[0] >= 1, "a line before the first")


# ---- of a text, in this process ----------------------------------------------------------------------------
def wrong_with_text(text: str, thorough: bool) -> Wrong | None:
    """What is wrong with what cnnspec makes of a text: of each the check, of some (`thorough`) all that follows."""
    try:
        source = decode_source(text.encode("utf-8", "surrogatepass"), "net.cnn")
        if isinstance(source, Diagnostic):
            clear(source)
            return None
        analysis = analyse(source, max_layers=LAYERS, read=nothing)
        for found in analysis.diagnostics:
            clear(found)
        if thorough:
            told_alike(analysis)
            formatted(analysis)
            asked(analysis)
    except Limit as limit:
        return Wrong(str(limit), str(limit))
    except Untrue as untrue:
        return Wrong(untrue.kind, str(untrue)[:300])
    except Exception as error:
        return of_exception(error)
    return None


def nothing(path: str) -> Diagnostic:
    """No file is read for a text."""
    return Diagnostic("E002", f"cannot read {path}: there is no such file", None, "check the path")


def of_exception(error: BaseException) -> Wrong:
    lines = "".join(traceback.format_exception(error))
    return Wrong(kind_of(lines), f"{type(error).__name__}: {error}"[:300])


def kind_of(lines: str) -> str:
    """A traceback in short: the exception, and the function of cnnspec that it came out of."""
    frames = FRAME.findall(lines)
    last = lines.strip().rpartition("\n")[2]
    name = last.partition(":")[0] if re.match(r"[\w.]+(:|$)", last) else "exception"
    return " ".join([name, *(frames[-1] if frames else ())])


def told_alike(analysis: Analysis) -> None:
    """Every finding can be shown, and a second look finds the same."""
    for found in analysis.diagnostics:
        claim(show_diagnostic(found), "a finding shows nothing")
        claim(write_data(found, "net.cnn"), "a finding has no data")
    again = analyse(analysis.source, max_layers=LAYERS, read=nothing)
    claim(again.diagnostics == analysis.diagnostics, "a second check finds something else")


def formatted(analysis: Analysis) -> None:
    """The canonical form is its own, and means what the text means."""
    made, why = format_source(analysis.source)
    if made is None:
        claim(why, "no form, and no reason")
        claim("formatter" not in why[0].message, "the formatter would have changed the meaning")
        return
    source = Source("net.cnn", made)
    claim(format_source(source)[0] == made, "formatting twice changes something")
    after = analyse(source, max_layers=LAYERS, read=nothing)
    if "ignore" not in made:
        claim(
            codes(after) == codes(analysis), "formatting changes the findings", f"{codes(analysis)} to {codes(after)}"
        )
    if not any(d.severity == ERROR for d in analysis.diagnostics):
        claim(same_networks(after, analysis), "formatting changes the network")


def codes(analysis: Analysis) -> list[str]:
    return sorted([d.code for d in analysis.diagnostics])


def same_networks(one: Analysis, other: Analysis) -> bool:
    """Whether two texts hold the same networks, in order."""
    pairs = zip(one.networks, other.networks, strict=False)
    return len(one.networks) == len(other.networks) and all(same_graph(a.graph, b.graph) for a, b in pairs)


# ---- of a command ------------------------------------------------------------------------------------------
def wrong_with(command: Command, outcome: Outcome) -> Wrong | None:
    """What is wrong with what a command did."""
    said = outcome.err.decode("utf-8", "replace")
    if "Traceback (" in said:
        return Wrong(kind_of(said), said.strip().rpartition("\n")[2][:300])
    if outcome.broke:
        return Wrong(f"{outcome.broke}: {command.verb}", outcome.broke)
    try:
        claim(outcome.status in (0, 1, 2), f"exit status {outcome.status}")
        shown = outcome.out.decode("utf-8")
        claim("\ufffd" not in said or command.holds("\ufffd"), "stderr is not UTF-8")
        for text in (shown, said):
            for word in PROGRAMMERS.findall(text):
                claim(command.holds(word), f"a programmer's word: {word}")
        if command.verb not in MARKUP and "--color" not in command.argv:
            claim(
                not odd_characters(shown, command),
                "control characters on stdout",
                ascii(odd_characters(shown, command)),
            )
        claim(not odd_characters(said, command), "control characters on stderr", ascii(odd_characters(said, command)))
        if shown:
            readable(command, shown)
        claim(outcome.status != 2 or said, "exit status 2 without a word")
        stray = [name for name in outcome.files if name.endswith(".tmp")]
        claim(not stray, "a temporary file is left")
    except Untrue as untrue:
        return Wrong(f"{command.verb}: {untrue.kind}", str(untrue)[:300])
    except (ValueError, ElementTree.ParseError, SyntaxError) as error:
        return Wrong(f"{command.verb}: {command.format} that cannot be read", str(error)[:300])
    return None


def odd_characters(text: str, command: Command) -> str:
    return "".join(sorted({c for c in text if not c.isprintable() and c not in "\n\t" and c not in "\u2028\u2029"}))


def readable(command: Command, shown: str) -> None:
    """What claims to be JSON, CSV, XML or Python is."""
    kind = command.format
    if kind in ("json", "sarif", "gitlab"):
        json.loads(shown, parse_constant=not_json)
    elif kind == "jsonl":
        for line in shown.splitlines():
            json.loads(line, parse_constant=not_json)
    elif kind == "csv":
        widths = Counter(map(len, csv.reader(StringIO(shown))))
        claim(len(widths) == 1, "CSV rows of different lengths", sorted(widths))
    elif kind == "junit":
        ElementTree.fromstring(shown)
    elif kind == "py":
        compile(shown, "net.py", "exec")
