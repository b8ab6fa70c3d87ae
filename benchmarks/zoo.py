"""All of keras.applications as specs: writes examples/zoo/*.cnn and the table in examples/zoo/README.md.

    python benchmarks/zoo.py [NAME …]

Each model is built by Keras (without weights), imported, and written with Keras's own count of its parameters, which
a test holds the spec to. The table's other figures are cnnspec's. Needs Keras and some two minutes.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path

from cnnspec.base.source import Source
from cnnspec.compile.keras_model import import_keras
from cnnspec.model_files.keras.application import build_application, convert_model, list_applications
from cnnspec.pipeline import analyse
from cnnspec.spec_writer import to_text

ZOO = Path(__file__).parent.parent / "examples" / "zoo"
HEAD = """# The zoo

Every model of keras.applications as `cnnspec import --application NAME` writes it. MACs are multiply-accumulates of
one image (of 224x224 where the size is open), bias not counted; the receptive field is that of the last layer before
the whole image is mixed, gates left out. Made by `make zoo`.

| model | input | layers | lines | parameters | MACs | receptive field |
| --- | --- | --- | --- | --- | --- | --- |
"""


def spec(name: str) -> str:
    """The text of an application, its header included."""
    model = build_application(name)
    frozen = sum([int(weight.shape.num_elements() or 1) for weight in model.non_trainable_weights])
    total = model.count_params()
    text = to_text(convert_model(model))
    cells = [
        ("layer", "total"),
        ("params", f"{total:,}"),
        ("trainable", f"{total - frozen:,}"),
        ("frozen", f"{frozen:,}"),
    ]
    widths = [max(map(len, cell)) for cell in cells]
    rows = ["    ".join([cell[row].rjust(width) for cell, width in zip(cells, widths, strict=True)]) for row in (0, 1)]
    head = f"# keras.applications.{name}, imported. Keras counts:\n#\n#: {rows[0]}\n#: {rows[1]}\n\n"
    del model
    import_keras().backend.clear_session()
    gc.collect()
    return head + text


def row(path: Path) -> str:
    """The line of the table for a spec; where its size is open, for images of 224x224."""
    text = path.read_text(encoding="utf-8")
    (network,) = analyse(Source(path.name, text.replace("?x?", "224x224"))).networks
    graph = network.graph
    given = "x".join(map(str, graph.nodes[graph.inputs[0]].shape or ()))
    field = network.facts.receptive_field
    macs = network.facts.total.macs
    assert isinstance(field, tuple) and isinstance(macs, int)
    cells = [
        f"[{path.stem}]({path.name})",
        given.replace("224x224", "?x?") if "?x?" in text else given,
        f"{len(graph.nodes) - 1:,}",
        str(sum([not line.startswith("#") and line != "" for line in text.splitlines()])),
        f"{network.facts.total.parameters:,}",
        f"{macs / 1e9:.3f} G",
        "x".join([str(axis.size) for axis in field]),
    ]
    return f"| {' | '.join(cells)} |\n"


def table() -> str:
    """The README of the zoo."""
    return HEAD + "".join([row(path) for path in sorted(ZOO.glob("*.cnn"))])


if __name__ == "__main__":
    ZOO.mkdir(exist_ok=True)
    for name in sys.argv[1:] or list_applications():
        (ZOO / f"{name}.cnn").write_text(spec(name), encoding="utf-8")
        print(name, flush=True)
    (ZOO / "README.md").write_text(table(), encoding="utf-8")
