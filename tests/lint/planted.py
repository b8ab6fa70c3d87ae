"""Random networks with faults planted in them: layers that do nothing, biases for nothing, branches to nowhere."""

from __future__ import annotations

from random import Random

from tests import network_cases
from tests.network_cases import KINDS
from tests.support import network

# Each stands in a chain and keeps the shape.
FAULTS = (
    "dropout(0)", "maxpool(1)", "avgpool(1)", "pad(0)", "upsample(1)", "crop(0)", "relu -> relu", "sigmoid -> relu",
    "relu6 -> relu6", "conv(in.channels, 1) -> bn", "conv(in.channels, 3, padding=same) -> bn -> relu -> relu", "concat(in)",
    "dense(in.channels) -> bn", "(dropout(0))", "dropout(0) * 2", "{ pad(0) }", "bn -> (conv(in.channels, 1)) -> (bn)",
    "add(in, conv(in.channels, 1) -> bn)", "relu -> leaky_relu(0.1)", "pad(1) -> conv(in.channels, 3)", "softplus -> prelu",
    "conv(in.channels, 1, 1, valid, 1, 1) -> bn", "separable_conv(in.channels, 3, padding=same) -> bn",
)  # fmt: skip


def faulty(random: Random) -> str:
    """A legal network with one to six faults."""
    while True:
        text = network_cases.network(random, random.choice(sorted(KINDS)))
        for _ in range(random.randint(1, 6)):
            places = [i for i in range(len(text)) if text.startswith(" -> ", i)]
            if places:
                at = random.choice(places)
                changed = f"{text[:at]} -> {random.choice(FAULTS)}{text[at:]}"
                text = changed if legal(changed) else text
        if legal(text):
            return text


def legal(text: str) -> bool:
    try:
        made = network(text)
    except AssertionError:
        return False
    return not made.errors and len(made.graph.nodes) <= 80
