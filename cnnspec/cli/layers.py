"""cnnspec layers [NAME]: the catalogue, or a layer's page."""

from __future__ import annotations

import inspect
import sys

from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.wrapping import wrap_paragraphs
from cnnspec.cli.argument_parser import add_examples
from cnnspec.cli.messages import CLEAN, UsageError
from cnnspec.cli.streams import find_width
from cnnspec.layers import CATALOGUE, find, first_line, list_spellings
from cnnspec.layers.activation import FUNCTIONS
from cnnspec.layers.argument import REQUIRED, show
from cnnspec.tables.page import Page

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from cnnspec.layers.base import Layer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    add_examples(
        parser,
        {
            "cnnspec layers": "all layers, a line each",
            "cnnspec layers conv": "a layer's arguments, with an example",
            "cnnspec layers BatchNormalization": "by the name that Keras has for it",
        },
    )
    parser.add_argument("name", nargs="?", metavar="NAME", help="a layer, by any of its names: conv, Conv2D, FC")


def run(options: argparse.Namespace) -> int:
    if options.name is None:
        print(catalogue(find_width(sys.stdout)), end="")
        return CLEAN
    layer = find(options.name)
    if layer is None:
        raise UsageError(
            f'no layer is called "{options.name}"'
            + (write_suggestion(options.name, list_spellings()) or ": `cnnspec layers` lists them")
        )
    print(page(layer, options.name.lower(), find_width(sys.stdout)), end="")
    return CLEAN


def catalogue(width: int | None = None) -> str:
    """Every layer with what it does, for a terminal of some width."""
    shown = Page(width)
    indent = max(len(layer.names[0]) for layer in CATALOGUE) + 2
    shown.add_texts([f"{layer.names[0]:{indent}}{first_line(layer)}" for layer in CATALOGUE], hanging=indent)
    shown.add_text()
    shown.add_text(f"Activations, as a layer or as activation=: {', '.join(FUNCTIONS)}", hanging=4)
    shown.add_texts(["", "`cnnspec layers NAME` shows a layer's page."])
    return shown.write()


def signature(layer: type[Layer], most: int = 1000) -> str:
    """The arguments with their defaults, the first `most` of them."""
    parts = []
    for name, argument in layer.arguments.items():
        default = argument.record_default
        parts.append(name if default is REQUIRED else f"{name}={show(default)}")
    if layer.merges:
        parts.insert(layer.leading, "in, …")
    return ", ".join([*parts[:most], *(["…"] if len(parts) > most else [])])


def page(layer: type[Layer], word: str, width: int | None = None) -> str:
    """What there is to know about a layer: what it does, its arguments, its other names, an example."""
    name = layer.names[0]
    shown = Page(width)
    shown.add_texts([name, "=" * len(name), "", f"{name}({signature(layer, 6)})", ""], hanging=len(name) + 1)
    shown.add_code(wrap_paragraphs(inspect.cleandoc(layer.__doc__ or ""), width))
    if word in layer.presets and word in FUNCTIONS:
        shown.add_texts(["", f"{word}(x) = {FUNCTIONS[word]}"], hanging=4)
    if layer.arguments:
        shown.add_texts(["", "Arguments"])
        indent = max(map(len, layer.arguments)) + 2
        for argument_name, argument in layer.arguments.items():
            default = "required" if argument.record_default is REQUIRED else f"default {show(argument.record_default)}"
            takes = (argument.kind.__doc__ or "").strip().rstrip(".")
            shown.add_text(f"  {argument_name:{indent}}{argument.about}; {default}", hanging=indent + 2)
            words = takes[0].lower() + takes[1:] if takes else "a value"
            shown.add_text(f"  {'':{indent}}takes {words}", hanging=indent + 4)
    if layer.counted:
        shown.add_texts(["", f"MACs: {layer.counted}"], hanging=4)
    if len(layer.names) > 1:
        shown.add_texts(["", f"Also written: {', '.join(layer.names[1:])}"], hanging=4)
    shown.add_code(["", "Example", "", *[f"    {line}" for line in layer.example.split("\n")]])
    return shown.write()
