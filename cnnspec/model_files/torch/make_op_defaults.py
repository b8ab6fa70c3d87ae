"""Writes op_defaults.py: `python -m cnnspec.model_files.torch.make_op_defaults`, where torch is installed."""

from __future__ import annotations

from pathlib import Path

from cnnspec.model_files.torch.translations import TRANSLATIONS

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

TABLE = Path(__file__).with_name("op_defaults.py")
HEAD = '''"""The default values of the arguments of torch's operators that are translated; a .pt2 file leaves them out.

Written by `python -m cnnspec.model_files.torch.make_op_defaults`; do not edit.
"""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

DEFAULTS: dict[str, dict[str, Any]] = {
'''


def find_defaults(target: str) -> dict[str, Any]:
    """The default values of an operator's arguments, as they stand in its schema; dtypes and devices are None."""
    import torch

    space, name, overload = target.split(".")
    schema = getattr(getattr(getattr(torch.ops, space), name), overload)._schema
    return {
        argument.name: plain(argument.default_value) for argument in schema.arguments if argument.has_default_value()
    }


def plain(value: Any) -> Any:
    if isinstance(value, list):
        return tuple([plain(item) for item in value])
    return value if type(value) in (int, float, bool, str) else None


def write_table() -> str:
    lines = [f'    "{target}": {show(find_defaults(target))},' for target in sorted(TRANSLATIONS)]
    return HEAD + "\n".join(lines) + "\n}  # fmt: skip\n"


def show(defaults: dict[str, Any]) -> str:
    items = [
        f'"{name}": ' + (f'"{value}"' if isinstance(value, str) else repr(value)) for name, value in defaults.items()
    ]
    return "{" + ", ".join(items) + "}"


if __name__ == "__main__":
    TABLE.write_text(write_table(), encoding="utf-8")
