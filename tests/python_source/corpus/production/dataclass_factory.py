"""Model factory for the defect-inspection line."""
from __future__ import annotations

import logging
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path

import keras
from keras import layers

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class StageConfig:
    filters: int
    repeats: int = 1
    kernel: int = 3
    downsample: bool = True


@dataclass
class ModelConfig:
    height: int = 128
    width: int = 128
    channels: int = 1
    stages: list[StageConfig] = field(default_factory=lambda: [StageConfig(16), StageConfig(32, 2), StageConfig(64, 2)])
    head_units: tuple[int, ...] = (64,)
    num_classes: int = 4
    dropout: float = 0.3
    l2: float | None = 1e-5

    @property
    def input_shape(self) -> tuple[int, int, int]:
        return self.height, self.width, self.channels

    def __post_init__(self) -> None:
        if self.height % 2 ** len(self.stages):
            raise ValueError(f"height {self.height} is not divisible by 2**{len(self.stages)}")


class ModelFactory:
    def __init__(self, config: ModelConfig) -> None:
        self._config = config
        self._regularizer = keras.regularizers.L2(config.l2) if config.l2 else None

    def __call__(self) -> keras.Model:
        cfg = self._config
        inputs = keras.Input(cfg.input_shape, name="frame")
        x = layers.Rescaling(1 / 255.0)(inputs)
        for index, stage in enumerate(cfg.stages):
            x = self._stage(x, stage, prefix=f"stage{index}")
        x = layers.GlobalAveragePooling2D(name="pool")(x)
        for units in cfg.head_units:
            x = layers.Dense(units, activation="relu", kernel_regularizer=self._regularizer)(x)
            x = layers.Dropout(cfg.dropout)(x)
        outputs = layers.Dense(cfg.num_classes, activation="softmax", dtype="float32", name="defect")(x)
        model = keras.Model(inputs, outputs, name="inspector")
        logger.info("built %s with %d parameters", model.name, model.count_params())
        return model

    def _stage(self, x, stage: StageConfig, *, prefix: str):
        for repeat in range(stage.repeats):
            x = layers.Conv2D(
                stage.filters,
                stage.kernel,
                padding="same",
                use_bias=False,
                kernel_regularizer=self._regularizer,
                name=f"{prefix}_conv{repeat}",
            )(x)
            x = layers.BatchNormalization(name=f"{prefix}_bn{repeat}")(x)
            x = layers.Activation("relu")(x)
        if stage.downsample:
            x = layers.MaxPooling2D(name=f"{prefix}_pool")(x)
        return x


def main() -> None:
    logging.basicConfig(level=logging.INFO)
    base = ModelConfig()
    large = replace(base, height=256, width=256, num_classes=9)
    gray_free = ModelConfig(**{**asdict(base), "channels": 3, "stages": [StageConfig(24, downsample=False), StageConfig(48)]})
    for config in (base, large, gray_free):
        model = ModelFactory(config)()
        model.compile("adamw", "sparse_categorical_crossentropy", metrics=["accuracy"])
        model.save(Path("artifacts") / f"{model.name}.keras")


if __name__ == "__main__":
    main()
