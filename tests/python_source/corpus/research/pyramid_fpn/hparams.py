from dataclasses import dataclass, replace, fields


@dataclass(frozen=True)
class HParams:
    backbone: str = "mobile"
    image_size: int = 512
    num_classes: int = 80
    fpn_channels: int = 256
    num_anchors: int = 9
    head_depth: int = 2


def default() -> HParams:
    return HParams()


def override(hp: HParams, text: str) -> HParams:
    types = {f.name: f.type for f in fields(hp)}
    changes = {}
    for pair in text.split(","):
        key, _, value = pair.partition("=")
        changes[key] = int(value) if types[key] in (int, "int") else value
    return replace(hp, **changes)
