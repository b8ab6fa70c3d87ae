"""A budget on a change: what each limit allows, what is said where it is not kept, in every form; against brute force."""

from __future__ import annotations

import itertools
import json
import re
import shlex
from fractions import Fraction
from pathlib import Path
from types import SimpleNamespace

import pytest

import cnnspec
from cnnspec.base.size import Size, maximum
from cnnspec.base.size_signs import has_no_minus
from cnnspec.cli import main
from cnnspec.diff.budget_rows import write_budget_rows
from cnnspec.diff.changes import FileChanges, FileState, compare_files
from cnnspec.diff.difference import BROKEN, KEPT, SKIPPED, UNKNOWN
from cnnspec.diff.limits import ADDED, SHARE, ChangeLimit, read_change_limits
from cnnspec.diff.markdown import MOST, TOO_LONG, write_changes
from cnnspec.diff.verdict import compare, find_bounds, find_verdicts
from cnnspec.lint.budget import BOUNDED, QUANTITIES
from tests.cli.commands import run

A = "input 28x28x1\nconv(8, 3x3) -> gap -> dense(10)\n"  # 170 parameters, 48,752 MACs, 3x3
B = "input 28x28x1\nconv(9, 5x3) -> conv(4, 3x3) -> gap -> dense(10)\n"  # 522, 255,352, 7x5
ANY, WIDER = (f"input ?x?x1\nconv({n}, 3x3, padding=same) -> gap -> dense(10)\n" for n in (8, 9))
VECTORS, DENSE = "input 5\nrelu\n", "input 5\ndense(3)\n"
LOSSY = "input 28x28x1\nmaxpool(5x5) -> gap -> dense(10)\n"
EIGHT, THREE = (f"input 10x1\nconv(2, {kernel})\n" for kernel in (8, 3))  # of 10 positions
NONE = ""  # no first network
TEXTS = {
    "A": A,
    "B": B,
    "ANY": ANY,
    "WIDER": WIDER,
    "VECTORS": VECTORS,
    "DENSE": DENSE,
    "LOSSY": LOSSY,
    "EIGHT": EIGHT,
    "THREE": THREE,
    "NONE": NONE,
}

CASES = """
A B       | params <= +5%          | params is 522, not <= 178 (170 + 5 %): the change is +352 (+207.1 %)
A B       | params <= 207%         | params is 522, not <= 521 (170 + 207 %): the change is +352 (+207.1 %)
A B       | params <= 207.1%       | kept
A B       | params < +352          | params is 522, not < 522 (170 + 352): the change is +352 (+207.1 %)
A B       | params <= +352         | kept
A B       | params <= +200K        | kept
A B       | params <= -10%         | params is 522, not <= 153 (170 - 10 %): the change is +352 (+207.1 %)
B A       | params <= -10%         | kept
B A       | params >= -10%         | params is 170, not >= 470 (522 - 10 %): the change is -352 (-67.4 %)
A A       | params <= -1           | params is 170, not <= 169 (170 - 1): the change is 0
A A       | params == +0           | kept
A B       | params == +0           | params is 522, not == 170 (what it was): the change is +352 (+207.1 %)
A B       | params != +0           | kept
A B       | params < 500           | params is 522, not < 500; it was 170
A A       | params < 170           | params is 170, not < 170, as before
NONE A    | params < 170           | params is 170, not < 170
NONE A    | params <= +5%          | skipped: there is nothing that it would have changed from
A B       | macs <= +2%            | macs is 255,352, not <= 49,727 (48,752 + 2 %): the change is +206,600 (+423.8 %)
A B       | flops <= 5M            | kept
A B       | receptive_field >= 224 | receptive_field is 7x5, not >= 224; it was 3x3
A B       | receptive_field >= +2  | kept
A B       | receptive_field >= +3  | receptive_field is 7x5, not >= 6 (3x3 + 3): the change is +4 x +2
B B       | receptive_field > +0%  | receptive_field is 7x5, not > 7x5 (what it was): the change is 0
A B       | coverage >= 0.05       | coverage is 4.46 %, not >= 5 %; it was 1.15 %
A B       | coverage <= +0.01      | coverage is 4.46 %, not <= 2.15 % (1.15 % + 1 points): the change is +3.32 points
A A       | coverage >= +0         | kept
A A       | coverage >= +0%        | kept
EIGHT THREE | coverage >= -0.5     | kept
EIGHT THREE | coverage >= -0.49    | coverage is 30 %, not >= 31 % (80 % - 49 points): the change is -50 points
A B       | depth <= +0            | depth is 3, not <= 2 (what it was): the change is +1 (+50 %)
A B       | params_bytes <= +1KiB  | params_bytes is 2.04 KiB, not <= 1.66 KiB (680 bytes + 1.00 KiB): the change is +1.38 KiB (+207.1 %)
A B       | peak_memory(batch=2, dtype=int8) <= +3000 | peak_memory is 15,456 bytes, not <= 15,384 bytes (12.09 KiB + 2.93 KiB): the change is +3.00 KiB (+24.8 %)
A B       | activation_memory <= 1GiB, inference_memory <= 1GiB, training_memory(batch=2) <= 1GiB | kept
A B       | output == 10           | kept
A B       | output == 9            | output is 10, not == 9
A LOSSY   | lossless               | not lossless: maxpool1 leaves 3 of 28 along the height and 3 of 28 along the width unread
VECTORS DENSE | params <= +5%      | params is 18, not <= 0 (0 + 5 %): the change is +18; a share of 0 is 0, so give a figure or a change such as +10k
VECTORS DENSE | params <= +18      | kept
VECTORS DENSE | receptive_field >= 3 | skipped: it has no receptive_field, for no input of it has a spatial axis
A DENSE   | coverage >= +0         | skipped: it has no coverage, for no input of it has a spatial axis
ANY ANY   | macs <= +0, macs >= +0, macs == +0, training_memory <= +1%, peak_memory <= +0 | kept
ANY WIDER | macs <= +12.5%         | kept
ANY WIDER | macs <= +12.4%         | macs is 81*H*W + 90 and was 72*H*W + 80: at no size of the input macs <= +12.4% holds
ANY WIDER | macs >= -1             | kept
ANY WIDER | macs <= 5M             | unknown: macs is 81*H*W + 90 and was 72*H*W + 80: whether macs <= 5M holds depends on the input's size
ANY WIDER | training_memory <= 1MiB | unknown: whether training_memory <= 1MiB holds depends on the input's size
ANY WIDER | coverage >= +0         | unknown: coverage cannot be known here: it depends on something unknown; give the input a size
A ANY     | macs <= +2%            | unknown: macs is 72*H*W + 80 and was 48,752: whether macs <= +2% holds depends on the input's size
ANY A     | coverage >= +0         | unknown: what coverage was cannot be compared with what it is, so whether coverage >= +0 holds cannot be told
"""
ROWS = [tuple(part.strip() for part in line.split("|")) for line in CASES.strip().splitlines()]


def facts(name: str) -> cnnspec.Network:
    return cnnspec.loads(TEXTS[name])


@pytest.mark.parametrize(("sides", "limits", "said"), ROWS)
def test_what_comes_of_a_limit(sides: str, limits: str, said: str) -> None:
    a, b = sides.split()
    found = find_verdicts(
        read_change_limits(limits), facts(a).analysed.facts if a != "NONE" else None, facts(b).analysed.facts
    )
    assert found and all(bool(verdict.message) == (verdict.status != KEPT) for verdict in found)
    assert all(verdict.failed == (verdict.status in (BROKEN, UNKNOWN)) for verdict in found)
    told = {f"{v.status}: {v.message}" for v in found if v.status != KEPT} or {"kept"}
    expected = said if said.startswith(("kept", "skipped", "unknown")) else f"broken: {said}"
    assert told == {expected}


SHOWN = {  # - is for what there is not, ? for what is unknown
    "A B coverage": ("1.15 %", "4.46 %"), "NONE A params": ("-", "170"), "NONE A receptive_field": ("-", "3x3"), "ANY A coverage": ("?", "1.15 %"),
    "ANY WIDER coverage": ("?", "?"), "A DENSE coverage": ("1.15 %", "-"), "VECTORS DENSE receptive_field": ("-", "-"), "NONE ANY coverage": ("-", "?"),
    "DENSE ANY coverage": ("-", "?"), "NONE VECTORS coverage": ("-", "-"),
}  # fmt: skip


@pytest.mark.parametrize("asked", SHOWN)
def test_what_there_is_not_is_told_from_what_is_unknown(asked: str) -> None:
    a, b, quantity = asked.split()
    limits = read_change_limits(f"{quantity} <= 9")
    old = facts(a).analysed.facts if a != "NONE" else None
    (row,) = write_budget_rows(find_verdicts(limits, old, facts(b).analysed.facts))
    assert row[2:4] == SHOWN[asked]


def test_every_quantity_is_tried() -> None:
    text = " ".join(limits for _, limits, _ in ROWS)
    assert all(name in text for name in QUANTITIES)


NO_LIMITS = {
    "": "is no limit", "params <= 5, ": "is no limit", "params <= abc": "params is compared with a number", "rf >= 4": 'did you mean "receptive_field"?',
    "lossless <= +5%": "compared with nothing", "output == +5": "output is no number that changes by so much",
    "coverage >= 95%": "coverage is a share: write 0.95 for 95 %, or +95% for a change by so much", "params <= +5MiB": "params is no number of bytes",
    "params_bytes <= 5MiB%": "is a share and a number of bytes", "params == +5%": "a change in percent is compared with <, <=, > or >=",
    "params(batch=2) <= 5%": 'has no argument "batch"', "params <= 3\nrelu": "is no limit", "params <= 5%%": "is no limit",
}  # fmt: skip


@pytest.mark.parametrize("text", NO_LIMITS)
def test_what_is_no_limit_is_a_sentence(text: str) -> None:
    with pytest.raises(ValueError) as caught:
        read_change_limits(text)
    assert NO_LIMITS[text] in str(caught.value)


# ---- against brute force -----------------------------------------------------------------------------------
OPERATORS = {
    "<=": lambda v, b: v <= b, "<": lambda v, b: v < b, ">=": lambda v, b: v >= b, ">": lambda v, b: v > b,
    "==": lambda v, b: v == b, "!=": lambda v, b: v != b,
}  # fmt: skip


def limit_of(operator: str, bound: float, change: str) -> ChangeLimit:
    return ChangeLimit("", SimpleNamespace(quantity="params", operator=operator, bound=bound), change)  # type: ignore[arg-type]


def test_bounds_are_exact() -> None:
    for operator, change, bound, old in itertools.product(
        OPERATORS, (SHARE, ADDED, ""), (0, 5, -10, 2.5, 33), (0, 1, 3, 40, 61_706)
    ):
        exact = {SHARE: old * (1 + Fraction(bound) / 100), ADDED: old + Fraction(bound), "": Fraction(bound)}[change]
        figure = SimpleNamespace(values=(old,))
        (made,) = find_bounds(limit_of(operator, bound, change), figure, figure)  # type: ignore[arg-type]
        for new in {int(exact) + step for step in (-1, 0, 1)}:
            assert compare(new, operator, made) is OPERATORS[operator](new, exact), (operator, change, bound, old, new)


H, W = Size.unknown("H"), Size.unknown("W")
SIZES = [7, H, H * W, 3 * H * W - H, (H + 1) // 2 * W, 2 * H * W + 5, (3 * H * W + 1) // 4, H * W - 20, W * W]
VALUES = [{"H": h, "W": w} for h in (1, 2, 3, 8) for w in (1, 4, 5)]


def value(dim: int | Size, given: dict[str, int]) -> int:
    return dim.value(given) if isinstance(dim, Size) else dim


def test_what_is_said_of_expressions_holds_at_every_size() -> None:
    met = set()
    for old, new, operator, bound in itertools.product(SIZES, SIZES, OPERATORS, (0, 50, -50)):
        base = SimpleNamespace(values=(old,))
        (made,) = find_bounds(limit_of(operator, bound, SHARE), base, base)  # type: ignore[arg-type]
        said = compare(new, operator, made)
        right = {
            OPERATORS[operator](value(new, given), value(old, given) * (1 + Fraction(bound, 100))) for given in VALUES
        }
        assert said is None or right == {said}, (old, new, operator, bound)
        met.add((said, operator))
    assert {said for said, operator in met if operator == "<="} == {True, False, None}


def test_a_sign_that_is_certain_is_right() -> None:
    for a, b in itertools.product(SIZES, SIZES):
        for dim in (a, b - a, a * 2 - b):
            assert not has_no_minus(dim) or min(value(dim, given) for given in VALUES) >= 0, dim
    largest = maximum(H - 20, W - 30)
    assert not has_no_minus(largest) and not has_no_minus((largest + 1) // 2) and has_no_minus(maximum(H - 20, W))
    assert has_no_minus(H * W + 3) and not has_no_minus(H * W - 3) and not has_no_minus(-1)


# ---- the command -------------------------------------------------------------------------------------------
@pytest.fixture
def files(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("A", "B", "ANY", "DENSE"):
        Path(f"{name.lower()}.cnn").write_text(TEXTS[name])
    Path("two.cnn").write_text("model Small { input 3 -> dense(2) }\nmodel Large { input 3 -> dense(9) }\n")
    Path("said.cnn").write_text("# of which nothing is new\n" + Path("two.cnn").read_text())
    Path("other.cnn").write_text(
        "model Small { input 3 -> dense(2) }\nmodel Large { input 3 -> dense(7) }\nmodel New { input 3 -> dense(1) }\n"
    )


STATUSES = """
diff a.cnn b.cnn --max-params 5M --min-params 3                       | 0 |
diff a.cnn a.cnn --max-params 5                                       | 1 | params is 170, not <= 5, as before
diff a.cnn b.cnn --max-params +5%                                     | 1 | params is 522, not <= 178
diff a.cnn b.cnn --max-params=-10%                                    | 1 | params is 522, not <= 153
diff b.cnn a.cnn --max-params -10% --min-params -90%                  | 0 |
diff a.cnn b.cnn --min-rf 3 --min-receptive-field 4 --max-depth 3     | 0 |
diff a.cnn b.cnn --min-rf 6                                           | 1 | receptive_field is 7x5, not >= 6
diff a.cnn b.cnn --max-peak-memory 64KiB --max-training-memory 1GiB   | 0 |
diff a.cnn any.cnn --max-macs +2%                                     | 1 | depends on the input's size
diff a.cnn dense.cnn --min-rf 3                                       | 0 | skipped
diff two.cnn other.cnn --max-params +0                                | 0 | 1 changed, 1 new, 1 the same; all within the budget
diff other.cnn two.cnn --max-params +0                                | 1 | 1 changed, 1 gone, 1 the same; 1 outside of the budget
diff two.cnn:Small other.cnn:New --max-params +0                      | 0 | params
diff two.cnn other.cnn                                                | 1 | 1 changed, 1 new, 1 the same
diff two.cnn two.cnn                                                  | 0 | No network changed
diff two.cnn said.cnn --max-params 1                                  | 0 | 2 the same; all within the budget
diff two.cnn other.cnn --set n=3                                      | 2 | --set is for two networks, and two.cnn and other.cnn hold many: give FILE:MODEL
diff a.cnn b.cnn --max-params abc                                     | 2 | --max-params: params is compared with a number
diff a.cnn b.cnn --max-params ""                                      | 2 | --max-params: "params <=" is no limit
diff a.cnn b.cnn --max-params "5, macs <= 3"                          | 2 | --max-params: "params <= 5, macs <= 3" is 2 limits: give one
diff a.cnn b.cnn --max-params                                         | 2 | --max-QUANTITY takes a value
diff a.cnn b.cnn --max-prams 3                                        | 2 | did you mean "--max-params"?
diff a.cnn b.cnn --budget "prams <= 3"                                | 2 | did you mean "params"?
diff a.cnn b.cnn --budget "peak_memory(batch=0) <= +1"                | 2 | batch must be a whole number from 1
diff a.cnn b.cnn --min-coverage 95%                                   | 2 | write 0.95 for 95 %
"""


@pytest.mark.parametrize("line", STATUSES.strip().splitlines())
def test_the_exit_status_is_the_budgets(files: None, line: str, capsys: pytest.CaptureFixture[str]) -> None:
    command, status, said = (part.strip() for part in line.split("|"))
    found, out, err = run(capsys, *shlex.split(command), "--width", "200")
    assert (found, said in out + err) == (int(status), True), out + err
    assert bool(err) == (found == 2) and "broken" not in out or found


def test_a_page_is_written_and_the_budget_told(files: None, capsys: pytest.CaptureFixture[str]) -> None:
    status, out, err = run(capsys, "diff", "a.cnn", "b.cnn", "-o", "page.html", "--max-params", "5")
    assert status == 1 and "broken: params is 522, not <= 5; it was 170" in out and err == "cnnspec: wrote page.html\n"
    made = Path("page.html").read_text()
    found = cnnspec.diff("a.cnn", "b.cnn")
    found.save("saved.html", "params <= 5")
    assert Path("saved.html").read_text() == made and "not &lt;= 5; it was 170" in made
    found.save("saved.html")
    assert "it was 170" not in Path("saved.html").read_text()
    with pytest.raises(ValueError, match="params"):
        found.save("saved.html", "params <= many")


def test_options_and_limits_are_one_thing(files: None, capsys: pytest.CaptureFixture[str]) -> None:
    for name in BOUNDED:
        option = name.replace("_", "-")
        for bound, operator in (("max", "<="), ("min", ">=")):
            by_option = run(capsys, "diff", "a.cnn", "b.cnn", f"--{bound}-{option}", "+3%", "--format", "json")
            by_text = run(capsys, "diff", "a.cnn", "b.cnn", "--budget", f"{name} {operator} +3%", "--format", "json")
            assert by_option == by_text and len(json.loads(by_text[1])["budget"]) == 1, name


def test_what_python_says_is_what_the_command_says(files: None, capsys: pytest.CaptureFixture[str]) -> None:
    found = cnnspec.diff("a.cnn", "b.cnn")
    limits = "params <= +5%, macs <= 5M, receptive_field >= 224"
    broken = found.budget("params <= +5%", max_macs="5M", min_receptive_field=224)
    assert [one.code for one in broken] == ["E021", "E021"] and bool(broken) and not found.budget(max_params="+400")
    for form in ("text", "markdown", "json"):
        status, out, _ = run(capsys, "diff", "a.cnn", "b.cnn", "--budget", limits, "--format", form)
        assert (status, out) == (1, found.to_text(form, limits))
        assert all(one.message in out.replace("\\", "").replace("\n    ", " ") for one in broken)
    assert [one.code for one in cnnspec.diff("a.cnn", "any.cnn").budget(max_macs="+2%")] == ["E017"]
    with pytest.raises(TypeError, match="a budget has no bound"):
        found.budget(max_rf=3)
    with pytest.raises(ValueError, match='no format is called "xml": text, markdown, csv, latex or json'):
        found.to_text("xml")


# ---- Markdown ----------------------------------------------------------------------------------------------
def test_a_comment_says_everything(files: None, capsys: pytest.CaptureFixture[str]) -> None:
    main(["diff", "a.cnn", "b.cnn", "--format", "markdown", "--max-params", "+5%", "--max-macs", "5M"])
    title, *blocks = capsys.readouterr().out.split("\n\n")
    assert title == "## ✗ b.cnn: 1 of 2 limits not kept"
    assert "| Params | 170 | 522 | +352 (+207.1 %) |" in blocks[1]
    assert blocks[2].splitlines()[2:] == [
        r"| ✗ **broken** | params \<= +5% | 170 | 522 | +352 (+207.1 %) | \<= 178 |",
        r"| ✓ kept | macs \<= 5M | 48,752 | 255,352 | +206,600 (+423.8 %) | \<= 5,000,000 |",
    ]
    assert blocks[3] == r"- broken: params is 522, not \<= 178 (170 + 5 %): the change is +352 (+207.1 %)"
    assert blocks[4] == "<details><summary>1 layer changed, 1 layer added</summary>" and blocks[-1] == "</details>\n"
    assert len({line.count(" | ") for line in blocks[5].splitlines()}) == 1
    main(["diff", "a.cnn", "a.cnn", "--format", "markdown"])
    assert (
        capsys.readouterr().out
        == "## a.cnn\n\na.cnn and a.cnn are the same network: 4 layers, 170 parameters, 48,752 MACs.\n"
    )


def test_a_comment_is_no_longer_than_github_takes() -> None:
    old, new = (
        FileState(
            "net.cnn", (cnnspec.loads("input 8x8x1\n" + f"conv({n}, 3x3, padding=same) -> {word}\n" * 30).analysed,)
        )
        for n, word in ((4, "relu"), (5, "gelu"))
    )
    changes = compare_files(old, new, read_change_limits("params <= +0"))
    text = write_changes(FileChanges("main", "HEAD", tuple(changes * 200), True))
    assert len(text) < MOST + 100 and text.count(TOO_LONG) == 1
    many = write_changes(FileChanges("main", "HEAD", tuple(changes * 1000), True))
    assert len(many) < MOST + 100 and many.startswith("## ✗ Networks\n\nFrom main to HEAD: 1,000 changed; ")
    assert "| Network |" in many and re.search(r"\n\nAnd [\d,]+ more networks.\n", many)
    assert SKIPPED not in text
