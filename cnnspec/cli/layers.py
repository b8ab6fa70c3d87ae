"""cnnspec layers [NAME]: the catalogue, or a layer's page."""

from __future__ import annotations

import inspect

from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.cli.messages import CLEAN, UsageError
from cnnspec.layers import CATALOGUE, find, list_spellings
from cnnspec.layers.activation import FUNCTIONS
from cnnspec.layers.argument import REQUIRED, show

TYPE_CHECKING = False
if TYPE_CHECKING:
    import argparse

    from cnnspec.layers.base import Layer


def add_arguments(parser: argparse.ArgumentParser) -> None:
    parser.add_argument("name", nargs="?", metavar="NAME", help="a layer, by any of its names: conv, Conv2D, FC")


def run(options: argparse.Namespace) -> int:
    if options.name is None:
        print(catalogue(), end="")
        return CLEAN
    layer = find(options.name)
    if layer is None:
        raise UsageError(
            f'no layer is called "{options.name}"'
            + (write_suggestion(options.name, list_spellings()) or ": `cnnspec layers` lists them")
        )
    print(page(layer, options.name.lower()), end="")
    return CLEAN


def first_line(layer: type[Layer]) -> str:
    return inspect.cleandoc(layer.__doc__ or "").split("\n")[0]


def catalogue() -> str:
    width = max(len(layer.names[0]) for layer in CATALOGUE) + 2
    lines = [f"{layer.names[0]:{width}}{first_line(layer)}" for layer in CATALOGUE]
    words = ", ".join(FUNCTIONS)
    return (
        "\n".join(lines)
        + f"\n\nActivations, as a layer or as activation=: {words}\n\n`cnnspec layers NAME` shows a layer's page.\n"
    )


def signature(layer: type[Layer], most: int = 1000) -> str:
    """The arguments with their defaults, the first `most` of them."""
    parts = []
    for name, argument in layer.arguments.items():
        default = argument.record_default
        parts.append(name if default is REQUIRED else f"{name}={show(default)}")
    if layer.merges:
        parts.insert(0, "in, …")
    return ", ".join([*parts[:most], *(["…"] if len(parts) > most else [])])


def page(layer: type[Layer], word: str) -> str:
    """What there is to know about a layer: what it does, its arguments, its other names, an example."""
    lines = [
        layer.names[0],
        "=" * len(layer.names[0]),
        "",
        f"{layer.names[0]}({signature(layer, 6)})",
        "",
        inspect.cleandoc(layer.__doc__ or ""),
    ]
    if word in layer.presets and word in FUNCTIONS:
        lines += ["", f"{word}(x) = {FUNCTIONS[word]}"]
    if layer.arguments:
        lines += ["", "Arguments"]
        width = max(map(len, layer.arguments)) + 2
        for name, argument in layer.arguments.items():
            default = "required" if argument.record_default is REQUIRED else f"default {show(argument.record_default)}"
            takes = (argument.kind.__doc__ or "").strip().rstrip(".")
            lines.append(f"  {name:{width}}{argument.about}; {default}")
            lines.append(f"  {'':{width}}takes {takes[0].lower() + takes[1:] if takes else 'a value'}")
    if layer.counted:
        lines += ["", f"MACs: {layer.counted}"]
    lines += ["", f"Also written: {', '.join(layer.names[1:])}"] if len(layer.names) > 1 else []
    lines += ["", "Example", ""] + ["    " + line for line in layer.example.split("\n")]
    return "\n".join(lines) + "\n"
