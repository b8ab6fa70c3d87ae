"""What a look found, as the documented fields of JSON."""

from __future__ import annotations

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from cnnspec.look.files import WrittenPicture
    from cnnspec.look.image_look import Explained, ImageLook
    from cnnspec.look.patches import FilterPatches
    from cnnspec.look.responses import Unit


def write_data(
    model: str, folder: str, pictures: Sequence[WrittenPicture], images: Sequence[dict[str, Any]],
    layers: Sequence[FilterPatches] | None,
) -> dict[str, Any]:  # fmt: skip
    """All fields; `images` are those of `write_look`, `layers` those whose patches were asked for."""
    data: dict[str, Any] = {
        "schema_version": 1,
        "model": model,
        "folder": folder,
        "pictures": [
            {"file": one.file, "shows": one.shows, "layer": one.layer or None, "image": one.image or None, "caption": one.caption}
            for one in pictures
        ],
        "images": [*images],
    }  # fmt: skip
    if layers is not None:
        data["layers"] = [{"layer": layer.layer, "filters": write_patches(layer)} for layer in layers]
    return data


def write_look(look: ImageLook) -> dict[str, Any]:
    """An image."""
    if look.why:
        return {"image": look.name, "error": look.why}
    data: dict[str, Any] = {
        "image": look.name,
        "units": [write_unit(response.strongest) for response in look.responses],
    }
    if look.explained is not None:
        data["class"] = write_class(look.explained)
    return data


def write_class(explained: Explained) -> dict[str, Any]:
    activation, covered = explained.activation, explained.occlusion
    return {
        "name": explained.name,
        explained.unit: explained.value,
        "class_activation": None if activation is None else {"layer": activation.layer, "map": activation.map.tolist()},
        "occlusion": {"side": covered.side, "step": covered.step, "box": write_box(covered.box), "least": covered.least},
    }  # fmt: skip


def write_unit(unit: Unit) -> dict[str, Any]:
    return {
        "layer": unit.layer, "filter": unit.filter, "at": [*unit.at], "value": unit.value, "box": write_box(unit.box),
        "mixing": [*unit.mixed],
    }  # fmt: skip


def write_patches(found: FilterPatches) -> list[list[dict[str, Any]]]:
    return [
        [{"image": p.image, "at": [*p.at], "value": p.value, "box": write_box(p.seen)} for p in patches]
        for patches in found.filters
    ]


def write_box(box: tuple[tuple[int, int], ...] | None) -> list[list[int]] | None:
    return None if box is None else [[*span] for span in box]
