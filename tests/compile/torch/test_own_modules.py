"""Which PyTorch modules are those that a network becomes: their weights are taken by name, those of all others by what they compute."""

from __future__ import annotations

from types import ModuleType
from typing import Any

import pytest

import cnnspec
from cnnspec.api.keras_weights import is_own_module
from cnnspec.compile.torch_source import print_module

torch = pytest.importorskip("torch")
NETWORK = "input 8x8x3\nconv(4, 3x3, padding=same) -> relu -> gap -> dense(2)"


def define(text: str) -> Any:
    """The module of a printed text, as it is when the text stands in a file of its own."""
    made = ModuleType("pasted")
    exec(compile(text, "pasted.py", "exec", dont_inherit=True), made.__dict__)
    return getattr(made, print_module(cnnspec.loads(NETWORK).analysed).name)


def test_the_printed_module_is_known_wherever_it_stands() -> None:
    net = cnnspec.loads(NETWORK)
    text = print_module(net.analysed).text
    for made in (net.to_torch(), define(text)(), define(f"# of ours\n\n{text}")()):
        assert is_own_module(net.analysed, made)


@pytest.mark.parametrize("how", ["changed", "no forward of its own", "another forward", "another kind", "torch's"])
def test_a_module_of_the_same_name_is_another(how: str) -> None:
    net = cnnspec.loads(NETWORK)
    text = print_module(net.analysed).text
    own = define(text)

    def forward(self: Any, x: Any) -> Any:
        return -own.forward(self, x)

    made = {
        "changed": lambda: define(text.replace("relu", "tanh"))(),
        "no forward of its own": lambda: type(own.__name__, (own,), {})(),
        "another forward": lambda: type(own.__name__, (own,), {"forward": forward})(),
        "another kind": lambda: type(own.__name__, (torch.nn.Sequential,), {})(torch.nn.Conv2d(3, 4, 3)),
        "torch's": lambda: torch.nn.Conv2d(3, 4, 3),
    }[how]()
    assert not is_own_module(net.analysed, made)
