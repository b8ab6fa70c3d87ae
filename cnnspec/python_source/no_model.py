"""Why a source builds no model that could be read."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    import ast
    from collections.abc import Iterator

    from cnnspec.python_source.machine import Machine
    from cnnspec.python_source.parts import Part

TORCH = ("torch", "torchvision", "pytorch_lightning", "lightning", "timm", "torchsummary")
KERAS = ("keras", "tensorflow", "tf_keras")
LED = "`cnnspec import --torch module:Class` or a .pt2 reads them, and gives file and line of each layer"


def explain_none(machine: Machine, parts: list[Part]) -> str:
    """The reason, as a sentence that follows the file's name."""
    imported = {name.split(".")[0] for part in parts for name in list_imports(part.tree)}
    loads = [unknown for unknown in machine.unknowns.values() if unknown.reason.startswith("load_model ")]
    if loads and loads[0].site is not None:
        return f"it builds no model: it loads one (load_model, line {loads[0].site.first_line})"
    if imported & set(TORCH):
        return f"it builds models with PyTorch: {LED}"
    if not imported & set(KERAS):
        return "it builds no model: it does not import keras"
    return "it builds no model with Keras"


def list_imports(tree: ast.Module) -> Iterator[str]:
    """The names of all modules that a text imports."""
    from ast import Import, ImportFrom, walk

    for node in walk(tree):
        if isinstance(node, Import):
            yield from [alias.name for alias in node.names]
        elif isinstance(node, ImportFrom) and node.module and not node.level:
            yield node.module
