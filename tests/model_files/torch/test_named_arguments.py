"""What stands behind --args, and what is refused before anything is imported."""

from __future__ import annotations

import pytest

from cnnspec.cli import main
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.torch.live import read_arguments


def test_plain_values_are_read() -> None:
    assert read_arguments("") == {}
    assert read_arguments("weights=None, num_classes=10, sizes=(1, 2), word='a', rate=-0.5") == {
        "weights": None, "num_classes": 10, "sizes": (1, 2), "word": "a", "rate": -0.5,
    }  # fmt: skip


@pytest.mark.parametrize(
    "text", ["3", "weights", "a=b", "a=f()", "**{'a': 1}", "a=1)(b=2", "a=__import__('os')", "(" * 500]
)
def test_nothing_else_is(text: str) -> None:
    with pytest.raises(ModelRefused, match="is no list of arguments, as in weights=None, num_classes=10"):
        read_arguments(text)


@pytest.mark.parametrize(
    ("arguments", "why"),
    [
        (["--torch", "a:b"], "--torch needs the shape of the input"),
        (["--torch", "a:b", "--input", "3x"], "3x is no shape"),
        (["--torch", "a:b", "--input", "0x3"], "0x3 is no shape"),
        (["net.keras", "--input", "3x3"], "belong to --torch"),
        (["net.keras", "--torch", "a:b"], "one of the three"),
        ([], "one of the three"),
    ],
)
def test_options_that_do_not_go_together(arguments: list[str], why: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", *arguments]) == 2
    assert why in capsys.readouterr().err
