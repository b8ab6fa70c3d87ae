from __future__ import annotations

from dataclasses import asdict, dataclass, field, replace
from typing import Literal, Optional, Sequence, Tuple


@dataclass(frozen=True)
class BackboneConfig:
    kind: Literal["plain", "residual", "dense"] = "residual"
    stem: int = 32
    stages: Tuple[int, ...] = (32, 64, 128)
    blocks: Sequence[int] = (1, 2, 2)
    norm: Optional[str] = "batch"
    activation: str = "relu"

    def __post_init__(self) -> None:
        if len(self.stages) != len(self.blocks):
            raise ValueError(f"{len(self.stages)} stages but {len(self.blocks)} counts of blocks")


@dataclass(frozen=True)
class HeadConfig:
    name: str
    units: int
    activation: Optional[str] = None
    hidden: Tuple[int, ...] = ()
    dropout: float = 0.0


@dataclass
class InspectorConfig:
    image: Tuple[int, int] = (192, 256)
    channels: int = 1
    backbone: BackboneConfig = field(default_factory=BackboneConfig)
    heads: list[HeadConfig] = field(default_factory=lambda: [HeadConfig("defect", 1, "sigmoid")])

    @property
    def input_shape(self) -> Tuple[int, int, int]:
        height, width = self.image
        return height, width, self.channels

    def with_backbone(self, **changes) -> "InspectorConfig":
        return replace(self, backbone=replace(self.backbone, **changes))

    def to_dict(self) -> dict:
        return asdict(self)
