"""One room for each question: its command prints what its face answers, as text and as JSON."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from cnnspec.cli import main
from cnnspec.cost import find_cost
from cnnspec.cost.cost import CostQuestion
from cnnspec.diff import find_difference
from cnnspec.explain import find_explanation
from cnnspec.facts.precision import find_precision
from cnnspec.lost import find_lost
from cnnspec.network import AnalysedNetwork
from cnnspec.rf import find_fields, find_picture, find_unit_field
from cnnspec.sizes import explain_no_size, find_input_sizes
from cnnspec.summary import find_summary
from tests.example_files import EXAMPLES, networks

PATH = EXAMPLES / "lectures" / "lecture4_mnist.cnn"
ADAM = CostQuestion(64, find_precision("float32"), "adam", 2)
FACES: dict[str, tuple[list[str], Callable[[AnalysedNetwork], Any]]] = {
    "summary": ([], find_summary),
    "explain": ([], find_explanation),
    "rf": ([], find_fields),
    "lost": ([], find_lost),
    "cost": (["--batch", "64", "--optimizer", "adam"], lambda network: find_cost(network, ADAM)),
    "sizes": ([], find_input_sizes),
}


def network() -> AnalysedNetwork:
    (only,) = networks(PATH).values()
    return only


def write(room: str, form: str, *asked: Any) -> Any:
    from importlib import import_module

    writer = import_module(f"cnnspec.{room}.{form}")
    return (writer.write_text if form == "text" else writer.write_data)(*asked)


@pytest.mark.parametrize("room", FACES)
def test_a_command_prints_what_its_room_answers(room: str, capsys: pytest.CaptureFixture[str]) -> None:
    options, find = FACES[room]
    asked = network()
    main([room, str(PATH), *options])
    assert capsys.readouterr().out == write(room, "text", asked, find(asked))
    main([room, str(PATH), "--format", "json", *options])
    printed = json.loads(capsys.readouterr().out)
    assert printed == json.loads(json.dumps(write(room, "json", asked, find(asked))))


def test_diff_prints_what_its_room_answers(capsys: pytest.CaptureFixture[str]) -> None:
    other = EXAMPLES / "lenet5.cnn"
    (second,) = networks(other).values()
    found = find_difference(network(), second)
    assert main(["diff", str(PATH), str(other)]) == 1
    assert capsys.readouterr().out == write("diff", "text", found)
    assert main(["diff", str(PATH), str(other), "--format", "json"]) == 1
    assert json.loads(capsys.readouterr().out) == json.loads(json.dumps(write("diff", "json", found)))


def test_a_face_answers_with_values() -> None:
    asked = network()
    (conv1,) = find_explanation(asked, "conv1").layers
    assert (conv1.name, conv1.output, find_explanation(asked, "conv1").totals) == ("conv1", (26, 26, 32), None)
    assert find_summary(asked).totals.params == sum(layer.params or 0 for layer in find_summary(asked).layers)
    assert find_unit_field(asked, "conv3", (0, 2)) == find_fields(asked, ["conv3"], (0, 2)).units[0]
    assert find_picture(asked).boxes[0].name == find_fields(asked).deepest.name  # type: ignore[union-attr]
    cost = find_cost(asked, ADAM)
    assert cost.macs == sum(layer.macs for layer in cost.layers)  # type: ignore[misc]
    assert cost.seconds is None and cost.training is not None
    with pytest.raises(LookupError, match='no layer "conv9"'):
        find_unit_field(asked, "conv9")


def test_what_takes_too_many_steps_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    from cnnspec.base.limits import TooLong
    from cnnspec.facts import regions

    def refuse(*given: Any) -> Any:
        raise TooLong

    monkeypatch.setattr(regions, "find_read_regions", refuse)
    asked = network()
    found = find_lost(asked)
    assert found.too_long and not found.losses
    assert found.unknown == tuple(range(len(asked.graph.nodes)))
    assert "it would take more than" in write("lost", "text", asked, found)
    assert write("lost", "json", asked, found)["totals"] == {"macs_lost": None, "macs_share": None}


def test_a_network_without_a_legal_size_says_why(tmp_path: Path) -> None:
    path = tmp_path / "net.cnn"
    path.write_text("input 8x8x3\nconv(4, kernel=(3, 3), strid=2)\n")
    (broken,) = networks(path).values()
    assert find_input_sizes(broken) is None
    assert explain_no_size(broken).startswith("mend its errors first")
