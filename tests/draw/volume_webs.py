"""Networks by chance for pictures of volumes: several inputs and outputs, branches, skips over one layer or many, U shapes."""

from __future__ import annotations

from random import Random


def write_web(seed: int, most: int = 24) -> str:
    """The text of a network."""
    random = Random(seed)
    lines = ["input a0 64x64x4"]
    tensors = [("a0", 64, 4)]
    if random.random() < 0.3:
        lines.append("input a1 64x64x4")
        tensors.append(("a1", 64, 4))
    near = random.choice([1, 2, 4, 20])  # how far back a layer reads
    for number in range(random.randint(2, most)):
        name, size, channels = random.choice(tensors[-near:])
        alike = [one for one in tensors if one[1:] == (size, channels) and one[0] != name]
        level = [one for one in tensors if one[1] == size and one[0] != name]
        kind = random.choice(["conv", "conv", "bn", "relu", "down", "pool", "up", "add", "add", "concat", "gate"])
        made = (f"t{number}", size, channels)
        if kind == "conv":
            made = (made[0], size, random.choice([4, 8]))
            layer = f"{name} -> conv({made[2]}, {random.choice(['1x1', '3x3'])}, padding=same)"
        elif kind in ("bn", "relu"):
            layer = f"{name} -> {kind}"
        elif kind in ("down", "pool") and size > 4:
            made = (made[0], size // 2, channels)
            layer = f"{name} -> " + (
                f"conv({channels}, 3x3, stride=2, padding=same)" if kind == "down" else "maxpool(2x2)"
            )
        elif kind == "up" and size < 64:
            made = (made[0], size * 2, channels)
            layer = f"{name} -> conv_transpose({channels}, 2x2, stride=2)"
        elif kind == "add" and alike:
            layer = f"add({name}, {random.choice(alike)[0]})"
        elif kind == "concat" and level:
            other = random.choice(level)
            made = (made[0], size, channels + other[2])
            layer = f"concat({name}, {other[0]})"
        elif kind == "gate":
            layer = f"multiply({name}, {name} -> gap -> dense({channels}, sigmoid) -> reshape(1x1x{channels}))"
        else:
            layer = f"{name} -> conv({channels}, 3x3, padding=same)"
        lines.append(f"{layer} as {made[0]}")
        tensors.append(made)
    read = {word.strip("(),") for line in lines[1:] for word in line.split(" as ")[0].replace("(", " ").split()}
    ends = [name for name, _, _ in tensors if name not in read]
    return "\n".join(
        ["model Web {", *[f"  {line}" for line in lines], f"  output {', '.join(ends or [tensors[-1][0]])}", "}"]
    )
