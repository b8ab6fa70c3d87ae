"""PyTorch calls as plain data: what a layer states beside its Keras calls.

A tensor of PyTorch has its channels first, behind the batch: HxWxC is N x C x H x W there. What has no spatial axes is the
same in both.
"""

from __future__ import annotations

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.base.size import Dim
    from cnnspec.layers.shape import Shape


class TorchWeight(Record):
    """A parameter or buffer of a PyTorch layer, and how it is made of a Keras weight: axes in another order, then perhaps
    another shape. `rows` is the axis of the Keras weight, if any, that has a place for each value of a vector that
    enters."""

    name: str
    keras: str
    order: tuple[int, ...] = (0,)
    shape: tuple[Dim, ...] | None = None
    rows: int | None = None


KEEPS, MIXES = "keeps", "mixes"  # what becomes of the order of a vector's values


class TorchCall(Record):
    """A PyTorch layer or function. `arguments` hold what differs from PyTorch's defaults, in PyTorch's order.

    Names: "Conv2d" is a class of torch.nn, "F.pad" a function of torch.nn.functional, "torch.exp" one of torch, ".permute"
    a method of the tensor, "[]" indexing, "+" an operator between all tensors or with `other`; any other name is a class or
    function that the module brings with it. `helper` says what it does for the layer proper where it is not that itself
    ("pad", "activation"). `order`: a vector's values may stand in any order, and stay in it (KEEPS) or not (MIXES), if
    the weights are reordered with them. `around` are functions that the layer goes through once it is made.
    """

    name: str
    arguments: dict[str, Any]
    weights: tuple[TorchWeight, ...] = ()
    helper: str = ""
    order: str = ""
    around: tuple[TorchCall, ...] = ()

    @property
    def is_layer(self) -> bool:
        """Whether it is made first and then applied, and so may hold weights."""
        return self.name[:1].isupper() and "." not in self.name


class NoTorch(Record):
    """Why PyTorch cannot compute what a layer does: a half sentence about it, behind the layer's name."""

    why: str


# ---- axes --------------------------------------------------------------------------------------------------
def find_torch_axis(axis: int, rank: int) -> int:
    """The axis of PyTorch's tensor that is an axis of Keras's, the batch being 0, of a shape with so many axes."""
    axis %= rank + 1
    return 1 if axis == rank else axis + 1


def put_channels_last(rank: int) -> tuple[TorchCall, ...]:
    """The call that brings a tensor's axes into Keras's order."""
    return (TorchCall(".permute", {"dims": (0, *range(2, rank + 1), 1)}),) if rank > 1 else ()


def put_channels_first(rank: int) -> tuple[TorchCall, ...]:
    """The call that brings a tensor's axes back into PyTorch's order."""
    return (TorchCall(".permute", {"dims": (0, rank, *range(1, rank))}),) if rank > 1 else ()


def put_weight_channels_first(rank: int) -> tuple[int, ...]:
    """The order of the axes of a weight that has those of a tensor."""
    return (rank - 1, *range(rank - 1))


# ---- values ------------------------------------------------------------------------------------------------
def shorten(values: tuple[Any, ...]) -> Any:
    """One value for all axes where they are equal."""
    return values[0] if len(set(values)) == 1 else values


def is_known(sides: tuple[tuple[Dim, Dim], ...]) -> bool:
    """Whether all paddings are numbers."""
    return all(isinstance(n, int) for pair in sides for n in pair)


def pad_zeros(sides: tuple[tuple[Dim, Dim], ...]) -> tuple[TorchCall, ...]:
    """Zeros before and behind each spatial axis; PyTorch names the last axis first."""
    return pad_with(sides, None)


def pad_with(sides: tuple[tuple[Dim, Dim], ...], value: float | None) -> tuple[TorchCall, ...]:
    """A value before and behind each spatial axis, zeros for None."""
    if not any(map(any, sides)):
        return ()
    padding = tuple([n for pair in reversed(sides) for n in pair])
    if value is None:
        return (TorchCall(f"ZeroPad{len(sides)}d", {"padding": padding}, (), "pad"),)
    return (TorchCall(f"ConstantPad{len(sides)}d", {"padding": padding, "value": value}, (), "pad"),)


def count_sides(shape: Shape) -> int:
    """How many spatial axes a shape has."""
    return len(shape) - 1


# ---- what several layers have ------------------------------------------------------------------------------
def drop_parameters(*names: str) -> tuple[TorchCall, ...]:
    """The functions that take parameters from a PyTorch layer that has them only together with others."""
    return tuple([TorchCall("drop_parameter", {"name": name}) for name in names])


def scale_and_shift(layer: Any, order: tuple[int, ...] = (0,), rows: int | None = None) -> tuple[TorchWeight, ...]:
    """The weights of a normalisation that has Keras's gamma and beta, or one of them."""
    given = (("weight", "gamma", layer.scale), ("bias", "beta", layer.center))
    return tuple([TorchWeight(name, keras, order, None, rows) for name, keras, there in given if there])


def normalise_spectrum(iterations: int | None) -> tuple[TorchCall, ...]:
    """PyTorch's spectral normalisation, where there is one. What it keeps of its iterations is not what Keras keeps."""
    if iterations is None:
        return ()
    given = {} if iterations == 1 else {"n_power_iterations": iterations}
    return (TorchCall("nn.utils.parametrizations.spectral_norm", given),)
