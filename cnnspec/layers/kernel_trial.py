"""The smallest work of its kind, with its result: for what not every machine's kernels compute.

TensorFlow, without oneDNN, has no kernel for a dilated transposed convolution, and its 3D pools begin at the wrong
position where a stride leaves out the input's end, as do its 3D convolutions. Other frameworks, a GPU, XLA and other precisions have other gaps.
"""

from __future__ import annotations

from cnnspec.base.record import Record
from cnnspec.layers.base import KerasCall


class Trial(Record):
    """`call`, with weights of 1, makes `result` of the numbers 1, 2, 3, … in `shape`; `slope` is the gradient of the
    result's sum. `what` is the kind of work in words. `back`: only the layer's gradient is such work."""

    what: str
    call: KerasCall
    shape: tuple[int, ...]
    result: tuple[float, ...]
    slope: tuple[float, ...]
    back: bool = False


def dilated_transposed(rank: int) -> Trial:
    """A kernel of two taps, two positions apart, painted once."""
    twos = (2, *(1,) * (rank - 1))
    given = {"filters": 1, "kernel_size": twos, "dilation_rate": twos}
    call = KerasCall(f"Conv{rank}DTranspose", given | {"use_bias": False, "kernel_initializer": "ones"})
    return Trial("a dilated transposed convolution", call, (1,) * (rank + 1), (1, 0, 1), (2,))


def pool_3d(name: str) -> Trial:
    """Windows of one value: the least that a 3D pool can do."""
    return Trial("a 3D pool", KerasCall(name, {"pool_size": 1}), (1, 1, 1, 1), (1,), (1,))


def sparse_pool_3d(name: str) -> Trial:
    """The one window of three positions, which has to read the first of them."""
    call = KerasCall(name, {"pool_size": 1, "strides": 3, "padding": "same"})
    return Trial("a 3D pool with padding=same whose stride skips positions", call, (3, 1, 1, 1), (1,), (1, 0, 0))


def sparse_conv_3d(back: bool = False) -> Trial:
    """The same for a kernel of one tap; a transposed convolution is such a one backwards."""
    given = {"filters": 1, "kernel_size": 1, "strides": 3, "padding": "same"}
    call = KerasCall("Conv3D", given | {"use_bias": False, "kernel_initializer": "ones"})
    what = f"{'the gradient of a 3D transposed' if back else 'a 3D'} convolution with padding=same whose stride skips positions"
    return Trial(what, call, (3, 1, 1, 1), (1,), (1, 0, 0), back)


def interpolated(method: str, antialias: bool) -> Trial:
    """An image of one pixel, doubled."""
    call = KerasCall("Resizing", {"height": 1, "width": 2, "interpolation": method, "antialias": antialias})
    return Trial(f"{method} interpolation{' with antialias' * antialias}", call, (1, 1, 1), (1, 1), (2,))
