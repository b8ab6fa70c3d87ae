"""Model builder used by the training service."""
from __future__ import annotations

import logging
from dataclasses import dataclass, field
from typing import Any, Sequence

import keras
from keras import layers

LOGGER = logging.getLogger(__name__)


@dataclass
class BlockConfig:
    filters: int
    kernel_size: int = 3
    repeats: int = 1
    pool: bool = True
    dropout: float = 0.0


@dataclass
class ModelConfig:
    input_shape: tuple[int, int, int] = (64, 64, 3)
    blocks: list[BlockConfig] = field(default_factory=list)
    hidden_units: Sequence[int] = (128,)
    num_classes: int = 10
    activation: str = "relu"
    l2: float = 0.0
    name: str = "classifier"


class ModelBuilder:
    """Builds a classifier from a ModelConfig."""

    def __init__(self, config: ModelConfig) -> None:
        self.config = config
        self._regularizer = keras.regularizers.L2(config.l2) if config.l2 else None

    def build(self) -> keras.Model:
        inputs = keras.Input(shape=self.config.input_shape, name="image")
        x = inputs
        for index, block in enumerate(self.config.blocks):
            x = self._add_block(x, block, index)
        x = layers.GlobalAveragePooling2D(name="gap")(x)
        for i, units in enumerate(self.config.hidden_units):
            x = layers.Dense(units, activation=self.config.activation, name=f"hidden_{i}")(x)
        outputs = layers.Dense(self.config.num_classes, activation="softmax", name="probabilities")(x)
        model = keras.Model(inputs=inputs, outputs=outputs, name=self.config.name)
        LOGGER.info("Built %s with %d parameters", model.name, model.count_params())
        return model

    def _add_block(self, x: Any, block: BlockConfig, index: int) -> Any:
        for r in range(block.repeats):
            x = layers.Conv2D(
                filters=block.filters,
                kernel_size=block.kernel_size,
                padding="same",
                use_bias=False,
                kernel_regularizer=self._regularizer,
                name=f"block{index}_conv{r}",
            )(x)
            x = layers.BatchNormalization(name=f"block{index}_bn{r}")(x)
            x = layers.Activation(self.config.activation, name=f"block{index}_act{r}")(x)
        if block.pool:
            x = layers.MaxPooling2D(name=f"block{index}_pool")(x)
        if block.dropout > 0:
            x = layers.Dropout(block.dropout, name=f"block{index}_drop")(x)
        return x


def default_config() -> ModelConfig:
    return ModelConfig(
        blocks=[
            BlockConfig(32),
            BlockConfig(64, repeats=2, dropout=0.1),
            BlockConfig(128, kernel_size=5, pool=False),
        ],
        l2=1e-4,
    )


def main() -> int:
    logging.basicConfig(level=logging.INFO)
    model = ModelBuilder(default_config()).build()
    model.compile(
        optimizer=keras.optimizers.Adam(),
        loss=keras.losses.CategoricalCrossentropy(label_smoothing=0.1),
        metrics=[keras.metrics.CategoricalAccuracy(), keras.metrics.TopKCategoricalAccuracy(k=3)],
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
