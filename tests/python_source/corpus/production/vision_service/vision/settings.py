from dataclasses import dataclass


@dataclass
class Settings:
    image_size: int = 80
    bands: int = 4
    classes: int = 6
    base_filters: int = 20
    depth: int = 3
    attention: bool = True


PRESETS = {
    "default": Settings(),
    "tiny": Settings(image_size=48, base_filters=8, depth=2, attention=False),
}
