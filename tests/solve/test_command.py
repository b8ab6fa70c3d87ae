"""`cnnspec solve` and `cnnspec.solve`: what they print, write and refuse; large chains; that a search can be stopped."""

from __future__ import annotations

import json
import sys
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import pytest

import cnnspec
from cnnspec.cli import main
from tests.support import IN_THOROUGH

TEXT = """model Net(size=12, w=[4, 8], k=3, act=relu) {
  input (size, size, 3)
  conv(w[0], k) -> act -> maxpool(2) -> conv(w[1], k) -> relu   # twice
  gap -> dense(10)
}
"""
OVER = ["--over", "size=6..20:2", "--over", "w[*]=4..32:4", "--over", "act=[relu, tanh]"]
N = 20
LONG = f"""model Long(w={[64] * N}, head=1000) {{
  input 128x128x3
  for i in 0..{N - 1} {{
    if i % 4 == 3 {{ conv(w[i], 3x3, stride=2, padding=same, bias=false) -> bn -> relu }}
    else {{ conv(w[i], 3x3, padding=same, bias=false) -> bn -> relu }}
  }}
  gap -> dense(head)
}}
"""
WIDE = ["w[*]=8..512:8"]


@pytest.fixture
def spec(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> str:
    monkeypatch.chdir(tmp_path)
    Path("net.cnn").write_text(TEXT)
    Path("long.cnn").write_text(LONG)
    return "net.cnn"


def test_the_text_says_the_answer_the_proof_and_what_binds(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--maximize", "widths + size", "--subject", "macs < 100k, lossless", "-o", "best.cnn"]
    assert main(["solve", spec, *OVER, *options]) == 0
    assert (
        capsys.readouterr().out
        == """\
Largest widths + size of "Net": 1,024 candidates on 4 axes

27, and no other is larger: proven, all candidates were gone through.

 Parameter   Value   Options
 ────────────────────────────────────────────────────────
 size           20   6 to 20, 8 options   at its largest
 w[0]            4   4 to 32, 8 options   at its smallest
 w[1]           32   4 to 32, 8 options   at its largest
 act          relu   relu, tanh

 Figure      Value
 ─────────────────
 params      1,626
 macs       91,760
 lossless      yes

 Condition      Value     Limit      Used
 ────────────────────────────────────────────────
 macs < 100k   91,760   100,000   91.76 %   binds
 lossless
"""
    )
    written = Path("best.cnn").read_text()
    assert "# twice" in written
    assert main(["check", "best.cnn"]) == 0


@pytest.mark.parametrize("method", ["exhaustive", "chain", "cp-sat"])
def test_what_is_written_passes_check_and_has_the_figures_that_are_told(
    spec: str, method: str, capsys: pytest.CaptureFixture[str]
) -> None:
    if method == "cp-sat" and find_spec("ortools") is None:
        pytest.skip("OR-tools is not installed")
    options = [
        "--minimize",
        "macs",
        "--subject",
        "params >= 1k and receptive_field > 6",
        "--method",
        method,
        "--gap",
        "0",
    ]
    assert main(["solve", spec, *OVER, *options, "-o", "best.cnn", "--format", "json"]) == 0
    told = json.loads(capsys.readouterr().out)
    assert (told["method"], told["status"], told["gap"]) == (method, "best", 0)
    assert told["text"] == Path("best.cnn").read_text()
    assert main(["check", "best.cnn"]) == 0
    capsys.readouterr()
    assert main(["summary", "best.cnn", "--format", "json"]) == 0
    total = json.loads(capsys.readouterr().out)["totals"]
    assert (told["figures"]["params"], told["figures"]["macs"]) == (total["params"], total["macs"])
    assert told["value"] == total["macs"]


def test_the_spec_goes_to_stdout_alone(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", spec, *OVER, "--maximize", "macs", "-o", "-"]) == 0
    assert capsys.readouterr().out == TEXT.replace("size=12, w=[4, 8]", "size=20, w=[32, 32]")


# ---- large chains ----------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("maximize", "minimize", "subject"),
    [
        ("widths", "", "params <= 5M, macs <= 600M"),
        pytest.param("widths", "", "params <= 1M, macs <= 200M, peak_memory(dtype=int8) <= 512KiB", marks=IN_THOROUGH),
        ("", "macs", "sum(log2(w)) >= 110, params <= 8M"),
        ("sum(w)", "", "macs <= 1G, params <= 10M, w[0] <= w[1], w[18] <= w[19]"),
    ],
)
def test_the_gap_of_a_chain_of_ten_to_the_36_is_at_most_one_percent(maximize: str, minimize: str, subject: str) -> None:
    found = cnnspec.solve(LONG, WIDE, maximize=maximize, minimize=minimize, subject=subject)
    assert found.request.space.count == 64**N
    assert found.search.method == "chain" and not found.search.trouble
    assert found.gap is not None and found.gap <= 0.01
    sign = 1 if maximize else -1
    assert sign * (found.bound - found.value) >= 0
    net = cnnspec.loads(LONG, **found.parameters)
    assert not [problem for problem in net.diagnostics if problem.severity == "error"]
    assert {str(q): v for q, v in zip(found.request.quantities, found.figures, strict=True)}["macs"] == (net.macs,)
    assert cnnspec.loads(found.text).macs == net.macs
    beaten = sign * (random_best(found, sign) - found.bound)
    assert beaten <= 0


def random_best(found: cnnspec.Solution, sign: int) -> Any:
    """The best of the answer's neighbours that fit: one or two options away."""
    from cnnspec.solve.candidate import check_candidate

    digits, best = list(found.search.digits or ()), found.value
    for axis in range(0, N, 3):
        for step in (-2, -1, 1, 2):
            near = [*digits]
            near[axis] += step
            near[(axis + 7) % N] -= step
            if all([0 <= digit < 64 for digit in near]):
                checked = check_candidate(found.request, near)
                if checked.fits and sign * (checked.value - best) > 0:
                    best = checked.value
    return best


def test_nothing_fits_is_proven_and_the_head_is_named(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("long.cnn").write_text(LONG.replace("gap -> dense", "flatten -> dense"))
    options = ["--over", *WIDE, "--maximize", "widths", "--subject", "params <= 100k, macs <= 1G"]
    assert main(["solve", "long.cnn", *options]) == 1
    told = " ".join(capsys.readouterr().out.split())
    assert "Nothing fits: proven, by Lagrange multipliers and branching." in told
    assert "No legal candidate meets params <= 100k, whatever the other conditions: the nearest has 1" in told
    assert "largest: dense1" in told


def test_conditions_that_fit_alone_and_not_together_are_told(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    options = ["--over", *WIDE, "--maximize", "widths", "--subject", "params >= 10M, macs <= 100M"]
    assert main(["solve", "long.cnn", *options]) == 1
    assert "Each condition can be met alone, but not all together." in capsys.readouterr().out


def test_a_search_that_is_stopped_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    lagrange = sys.modules["cnnspec.solve.lagrange"]
    opened, open_ = [0], lagrange.Lagrange.open

    def stop(self: Any, search: Any, node: Any) -> None:
        opened[0] += 1
        if opened[0] > 4:
            raise KeyboardInterrupt
        open_(self, search, node)

    monkeypatch.setattr(lagrange.Lagrange, "open", stop)
    found = cnnspec.solve(LONG, WIDE, maximize="widths", subject="params <= 5M, macs <= 600M", gap=0.0)
    assert found.value is not None and found.bound is not None and found.status == "bounded"
    assert found.value <= found.bound <= 1.01 * found.value


# ---- what is refused -------------------------------------------------------------------------------------------
BAD = {
    "": "give one objective: --maximize, such as receptive_field, or --minimize, such as macs",
    "--maximize macs --minimize macs": "give one objective",
    "--maximize mac": 'nothing is called "mac"; did you mean "macs"?',
    "--maximize act": "relu is no number",
    "--maximize w": "a list is no number",
    "--maximize act+1": "relu is no number",
    "--maximize w[7]": "there is no element 7 in a list of 2",
    "--maximize k[0]": "only a parameter that is a list has elements",
    "--maximize params<5": '"params<5" is a condition, which belongs to --subject',
    "--maximize params<": "is no objective, such as macs or sum(log2(w))",
    "--maximize lossless": "what is to be the largest or the smallest is one number",
    "--maximize output": '"output" is no objective',
    "--maximize sqrt(macs)": 'nothing is called "sqrt"',
    "--maximize log2()": "min, max, sum and log2 take numbers",
    "--maximize macs --subject parms<5": 'nothing is called "parms"; did you mean "params"?',
    "--maximize macs --subject macs": "a condition is true or false",
    "--maximize macs --subject ,": "is no condition",
    "--maximize macs --over k=[3,relu] --subject k>2 --method chain": "what is no number is compared with == or !=",
    "--maximize macs --over k=9..1": "is empty",
    "--maximize macs --over z=1..3": 'the model has no parameter "z"',
    "--maximize macs --over k=1..3 --over k=5": "k is given twice",
    "--maximize macs --set w=3": "w is no list",
    "--maximize macs --seconds x": "must be a number from 0",
    "--maximize macs --seconds 0": "the time is a number of seconds above 0",
    "--maximize macs --gap 2": "the gap a share from 0 up to 1",
    "--maximize macs --model Other": 'has no model "Other"',
    "--maximize macs -o no/such/best.cnn": "no/such",
    "--maximize macs -o net.cnn": "is what the command reads",
    "--scale-to params<5k --maximize macs": "leave --maximize out",
    "--scale-to parms<5k": 'nothing is called "parms"; did you mean "params"?',
    "--scale-to params<5k --multiple 0": "--multiple",
}


@pytest.mark.parametrize("line", BAD)
def test_what_makes_no_sense_is_one_sentence_and_status_2(
    spec: str, line: str, capsys: pytest.CaptureFixture[str]
) -> None:
    over = [] if "--scale-to" in line else ["--over", "w[*]=4..12:4"]
    assert main(["solve", spec, *over, *line.split()]) == 2
    told = capsys.readouterr()
    assert BAD[line] in told.err, told.err
    assert told.err.count("\n") == 1 and not told.out


def test_no_options_at_all_are_asked_for(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", spec, "--maximize", "macs"]) == 2
    assert "there is nothing to go over: name a parameter and its options" in capsys.readouterr().err


@pytest.mark.parametrize("method", ["exhaustive", "chain"])
@pytest.mark.parametrize(
    ("objective", "best"),
    [("1 / (w[0] - 4)", 0.25), ("log2(w[0] - 4)", 3.0), ("macs // (w[0] - 4) * 0 + w[0] % (w[0] - 4)", 4)],
)
def test_a_candidate_that_divides_by_zero_is_none(method: str, objective: str, best: float) -> None:
    found = cnnspec.solve(TEXT, {"w[0]": "4..12:4", "w[1]": "4..32:4"}, maximize=objective, method=method, gap=0.0)
    assert (found.status, found.value) == ("best", best)


@pytest.mark.parametrize("method", ["exhaustive", "chain"])
def test_an_objective_that_no_candidate_has_is_none(method: str) -> None:
    found = cnnspec.solve(TEXT, {"w[0]": "4..12:4"}, maximize="log2(w[0] - 100)", method=method)
    assert (found.status, found.value, found.text) == ("nothing", None, "")


def test_a_method_that_does_not_suit_is_told() -> None:
    dense = """block layer(g) { concat(in, conv(g, 3x3, padding=same)) }
model D(g=[8, 8, 8, 8, 8, 8, 8]) {
  input 8x8x4
  for n in g { layer(n) }
  conv(in.channels // 3, 1x1) -> gap -> dense(4)
}"""
    with pytest.raises(ValueError, match=r"chain is no method for this: .* is no sum of terms"):
        cnnspec.solve(dense, ["g[*]=8..64:4"], maximize="widths", subject="params < 20k", method="chain")


def test_ten_to_the_19_that_are_gone_through_are_too_many() -> None:
    with pytest.raises(ValueError, match="candidates, more than the 1,000,000,000 that are gone through"):
        cnnspec.solve(LONG, WIDE, maximize="widths", method="exhaustive")


def test_without_or_tools_it_is_said_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "ortools", None)
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None if name == "ortools" else find_spec(name))
    with pytest.raises(cnnspec.MissingExtra, match=r"OR-tools is not installed; .*\[solve\]"):
        cnnspec.solve(TEXT, ["w[*]=4..12:4"], maximize="widths", method="cp-sat")


def test_an_illegal_spec_without_a_legal_candidate_says_why(spec: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["solve", spec, "--over", "size=1..2", "--maximize", "macs", "--subject", "lossless"]) == 1
    assert "No candidate is legal; one of them: conv's kernel 3" in " ".join(capsys.readouterr().out.split())
