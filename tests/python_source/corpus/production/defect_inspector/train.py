"""Entry point: builds the line's three inspectors and trains the one that is asked for."""

import logging
import sys
from pathlib import Path

import keras

from inspector import BackboneConfig, HeadConfig, InspectorConfig, create_inspector

logging.basicConfig(stream=sys.stderr, level=logging.INFO)

LINES = {
    "glass": InspectorConfig(),
    "steel": InspectorConfig(
        image=(128, 512),
        backbone=BackboneConfig(kind="dense", stages=(16, 16, 16), blocks=(2, 3, 4), activation="elu"),
        heads=[HeadConfig("kind", 6, "softmax", hidden=(64,), dropout=0.3), HeadConfig("severity", 1)],
    ),
    "wood": InspectorConfig(channels=3).with_backbone(kind="plain", norm=None),
}


def main(run_dir: Path = Path("runs")) -> int:
    for name, config in LINES.items():
        model = create_inspector(config)
        losses = {head.name: "binary_crossentropy" if head.activation == "sigmoid" else "mse" for head in config.heads}
        model.compile(optimizer=keras.optimizers.AdamW(1e-3), loss=losses if len(losses) > 1 else next(iter(losses.values())))
        logging.info("%s: %s", name, config.to_dict())
    return 0


if __name__ == "__main__":
    sys.exit(main())
