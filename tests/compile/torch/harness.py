"""What the tests of PyTorch source share: a network's printed module, and whether it is sound Python."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from cnnspec.compile.torch_source import TorchModule, print_module
from cnnspec.layers import CATALOGUE
from cnnspec.network import AnalysedNetwork
from tests.compile.source_harness import network
from tests.compile.torch.torch_cases import CONSTRUCTS
from tests.example_files import FILES, networks, relative

CATALOGUE_SPECS = {
    f"{layer.names[0]} {place}": text
    for layer in CATALOGUE
    for place, text in enumerate((layer.example, *layer.more_examples))
}
# Examples of layers that PyTorch cannot run, by their place in the catalogue.
NOT_IN_TORCH = {"bn 3", "conv 6", "pad 5", "opaque 0", "opaque 1", "opaque 2"}
SPECS = {**CONSTRUCTS, **{name: text for name, text in CATALOGUE_SPECS.items() if name not in NOT_IN_TORCH}}

EXAMPLE_FILES = {relative(path): path for path in FILES}


@cache
def printed(text: str, flat: bool = False) -> TorchModule:
    """The module of a spec."""
    return print_module(network(text), flat)


def read_example(path: Path) -> list[AnalysedNetwork]:
    """The networks of an example that are without mistakes."""
    return [found for found in networks(path).values() if not found.broken]


def find_faults(text: str) -> Iterator[str]:
    """What cannot be right in a module: names that nothing gives, attributes that nothing sets, arguments that nothing reads."""
    tree = ast.parse(text)
    known = {"torch", "F", "nn", "__name__", *dir(builtins)}
    known |= {node.name for node in tree.body if isinstance(node, (ast.ClassDef, ast.FunctionDef))}
    known |= {
        n.id for node in tree.body for n in ast.walk(node) if isinstance(node, ast.If) and isinstance(n, ast.Name)
    }
    for made in tree.body:
        if isinstance(made, ast.ClassDef):
            yield from find_class_faults(made)
        if not isinstance(made, (ast.ClassDef, ast.FunctionDef)):
            continue
        for function in ast.walk(made):
            if isinstance(function, ast.FunctionDef):
                names = [node for node in ast.walk(function) if isinstance(node, ast.Name)]
                given = {arg.arg for arg in ast.walk(function) if isinstance(arg, ast.arg)}
                given |= {node.id for node in names if isinstance(node.ctx, ast.Store)}
                yield from (f"{node.id} in {function.name}" for node in names if node.id not in given | known)
                read = {node.id for node in names if isinstance(node.ctx, ast.Load)}
                yield from (f"unread {name} in {function.name}" for name in given - read - {"self", "_", "mode"})


def find_class_faults(made: ast.ClassDef) -> Iterator[str]:
    """Attributes that are read and not set, or set and not read."""
    attributes = [n for n in ast.walk(made) if isinstance(n, ast.Attribute) and ast.unparse(n.value) == "self"]
    replaced = {
        ast.unparse(n.targets[0])
        for n in ast.walk(made)
        if isinstance(n, ast.Assign) and ast.unparse(n.value) == "nn.Identity()"
    }
    stored = [n.attr for n in attributes if isinstance(n.ctx, ast.Store)]
    read = {n.attr for n in attributes if isinstance(n.ctx, ast.Load)}
    own = {"training", "register_buffer", "train"} | {
        c.value for c in ast.walk(made) if isinstance(c, ast.Constant) and isinstance(c.value, str)
    }
    yield from (f"self.{name} is not set" for name in read - set(stored) - own)
    yield from (f"self.{name} is not read" for name in set(stored) - read)
    yield from (f"self.{name} is set twice" for name in stored if stored.count(name) > 1 + (f"self.{name}" in replaced))
