"""Spectral normalisation: a layer's kernel is divided by its largest singular value, which power iterations estimate.

Source: Miyato et al., "Spectral Normalization for Generative Adversarial Networks" (2018). Keras wraps the layer and
keeps a frozen vector u beside its kernel, of the kernel's last size.
"""

from __future__ import annotations

from cnnspec.layers.argument import Term, argument, count, optional
from cnnspec.layers.base import KerasCall, Weight

SPECTRAL_NORM = argument(
    optional(count),
    "power iterations that bring the kernel's largest singular value to 1, 1 being usual",
    None,
    "power_iterations",
)

NEAR_ZERO = Term("TruncatedNormal", keywords=(("stddev", 0.02),), module="initializers")


def with_vector(weights: tuple[Weight, ...], iterations: int | None) -> tuple[Weight, ...]:
    """A layer's weights, the kernel first, and behind it the wrapper's vector where there is one."""
    if iterations is None:
        return weights
    kernel, *others = weights
    return (kernel, Weight("vector_u", (1, kernel.shape[-1]), False, begins=NEAR_ZERO), *others)


def spectral(call: KerasCall, iterations: int | None) -> KerasCall:
    """The call in Keras's wrapper where there are power iterations."""
    if iterations is None:
        return call
    own = {name: value for name, value in call.arguments.items() if name != "power_iterations"}
    around = KerasCall("SpectralNormalization", {"power_iterations": iterations})
    return call.replace(arguments=own, around=around)
