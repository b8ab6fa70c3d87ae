"""The playground's engine: Python in a page says what the command line says, and outlives what does not end.

Pages are those that `make playground` has built; without them the tests are skipped.
"""

from __future__ import annotations

import base64
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from cnnspec.cli import main
from tests.browser.visit import Visit
from tests.example_files import EXAMPLES

BUILT = EXAMPLES.parent / "build"
FOLDER, FILE = BUILT / "playground", BUILT / "playground.html"
ASK = """async ([method, question]) => {
  try { return { answer: await cnnspec.engine.ask(method, question, String(Math.random())) }; }
  catch (error) { return { error: error.message }; }
}"""
ASK_ALL = """async ([name, text, asked]) => await Promise.all(asked.map(
  (one, i) => cnnspec.engine.ask("answer", { name, text, arguments: one }, `test ${i}`)))"""
IMPORT = """async ([name, packed]) => await cnnspec.engine.ask("importModel",
  { name, bytes: Uint8Array.from(atob(packed), (one) => one.charCodeAt(0)) }, name)"""
MODELS = [
    path
    for path in sorted((Path(__file__).parents[1] / "model_files" / "weighted").iterdir())
    if path.suffix in (".onnx", ".pt2")
]
SPECS = [*sorted(EXAMPLES.glob("*.cnn")), *sorted((EXAMPLES / "lectures").glob("*.cnn"))]
COMMANDS = (
    "check --output-format json", "check --output-format full --select ALL", "summary --format json", "summary", "explain --format json",
    "rf --format json", "lost --format json", "cost --format json", "sizes --format json", "compile -o -", "compile -o - --to torch", "format --diff",
    "draw -o - --format svg --color cost",
)  # fmt: skip
SPEC = "input 28x28x1\nconv(32, 3x3) -> relu\nflatten -> dense(10)\n"
LONG = "".join(
    [f"model M{number} {{ input 8x8x4; conv(4, 1x1) * 99999 }}\n" for number in range(1000)]
)  # no machine ends


@pytest.fixture(scope="module")
def built() -> Path:
    if not (FOLDER / "index.html").exists():
        pytest.skip("the playground is not built: make playground")
    return FOLDER


@pytest.fixture(params=["folder", "file"])
def page(
    request: pytest.FixtureRequest, built: Path, serve: Callable[[Path], str], visit: Callable[..., Visit]
) -> Iterator[Visit]:
    """The page over http, and as a file from the disk. It asks for nothing elsewhere."""
    seen = visit(serve(built) if request.param == "folder" else FILE)
    yield seen
    assert seen.left == []


def ask(page: Visit, method: str, **question: Any) -> Any:
    """The answer to a question; {"error"} where there is none."""
    return page.page.evaluate(ASK, [method, question])


def run(capsys: pytest.CaptureFixture[str], arguments: list[str]) -> dict[str, Any]:
    """What the command line says."""
    status = main(arguments)
    out, err = capsys.readouterr()
    return {"status": status, "out": out, "err": err}


# ---- the same as the command line ------------------------------------------------------------------------------
def test_every_command_says_the_same_of_every_example(
    page: Visit, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    as_file = page.address.startswith("file:")  # it has the same Python: a few will do
    for path in SPECS[::9] if as_file else SPECS:
        shutil.copy(path, tmp_path)
        text = path.read_text(encoding="utf-8")
        asked = [[command.split()[0], path.name, *command.split()[1:]] for command in COMMANDS]
        there = page.page.evaluate(ASK_ALL, [path.name, text, asked])
        for arguments, answer in zip(asked, there, strict=True):
            assert answer == run(capsys, arguments), arguments


def test_models_become_the_texts_that_they_become_there(
    page: Visit, tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for path in MODELS:
        shutil.copy(path, tmp_path)
        packed = base64.b64encode(path.read_bytes()).decode()
        there = page.page.evaluate(IMPORT, [path.name, packed])
        here = run(capsys, ["import", path.name])
        notes = [line.removeprefix("cnnspec: ") for line in here["err"].splitlines()]
        assert there == {"name": path.with_suffix(".cnn").name, "text": here["out"], "notes": notes}


def test_a_mistake_is_found_where_it_is(page: Visit) -> None:
    text = SPEC.replace("relu", "rleu").replace("conv", "# \U0001f600\nconv")
    found = ask(page, "analyse", name="net.cnn", text=text)["answer"]["findings"]
    in_units = text.encode("utf-16-le")
    assert [in_units[2 * one["from"] : 2 * one["to"]].decode("utf-16-le") for one in found] == ["rleu"]


# ---- what takes long -------------------------------------------------------------------------------------------
def test_what_takes_too_long_is_stopped(page: Visit) -> None:
    assert "was stopped" in ask(page, "analyse", name="net.cnn", text=LONG)["error"]
    assert ask(page, "analyse", name="net.cnn", text=SPEC)["answer"]["findings"] == []


def test_the_newest_of_those_that_wait_is_answered(page: Visit) -> None:
    texts = [SPEC + "#" * count for count in range(20)]
    got = page.page.evaluate(
        """async (texts) => {
          const answers = await Promise.all(texts.map((text) => cnnspec.engine.ask("analyse", { name: "net.cnn", text })));
          return answers.map((answer) => answer !== null);
        }""",
        texts,
    )
    assert got[-1] and sum(got) <= 3  # the page's own may be among those before
