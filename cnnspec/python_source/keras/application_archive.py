"""What the models of keras.applications are made of, from the archive that make_applications.py writes."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

ARCHIVE = Path(__file__).with_name("applications.json.z")


class ApplicationLayer(Record):
    """A layer of an application. `inputs` are the numbers of the layers that it is called on, -1 for the model's input, or a
    number that is calculated with, as text; `layers` those of a Sequential."""

    kind: str
    name: str
    config: dict[str, Any]
    inputs: tuple[int | str, ...] = ()
    layers: tuple[ApplicationLayer, ...] = ()


class Application(Record):
    """A model of keras.applications. `size`: the height and width of the images that it is made for, None for any; `body`: how many
    layers come before its head; `bare`: those that stand there without it, behind the pooling."""

    name: str
    size: int | None
    body: int
    parameters: dict[str, Any]
    bare: tuple[ApplicationLayer, ...]
    layers: tuple[ApplicationLayer, ...]


@cache
def read_archive() -> dict[str, Any]:
    import json
    import zlib

    found: dict[str, Any] = json.loads(zlib.decompress(ARCHIVE.read_bytes()))
    return found


def find_application(name: str) -> Application | None:
    """What a model of keras.applications is made of, by the name of its function; None for any other name."""
    archive = read_archive()
    found = archive["models"].get(name)
    if found is None:
        return None
    layers, bare = [tuple([read_layer(row, archive["configs"]) for row in found[key]]) for key in ("layers", "bare")]
    return Application(found["name"], found["size"], found["body"], dict(found["parameters"]), bare, layers)


def read_layer(row: list[Any], configs: list[dict[str, Any]]) -> ApplicationLayer:
    kind, name, number, *inputs = row
    config = dict(configs[number])
    parts = tuple([read_layer(part, configs) for part in config.pop("layers", ())])
    return ApplicationLayer(kind, name, config, tuple(inputs[0]) if inputs else (), parts)
