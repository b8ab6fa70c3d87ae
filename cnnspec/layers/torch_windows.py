"""Convolutions and pools as PyTorch has them: paddings, and how kernels lie in memory."""

from __future__ import annotations

from cnnspec.layers.torch_activation import activate
from cnnspec.layers.torch_call import (
    MIXES,
    NoTorch,
    TorchCall,
    TorchWeight,
    is_known,
    normalise_spectrum,
    pad_with,
    pad_zeros,
    put_channels_first,
    put_channels_last,
    shorten,
)
from cnnspec.layers.window import along

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.base.size import Dim
    from cnnspec.layers.shape import Shape
    from cnnspec.layers.sliding_window import SlidingWindow
    from cnnspec.layers.transposed import ConvTranspose

Calls = tuple[TorchCall, ...]
BIAS = TorchWeight("bias", "bias")


# ---- kernels -----------------------------------------------------------------------------------------------
def lay_out_kernel(rank: int, name: str = "kernel") -> TorchWeight:
    """A convolution's kernel: k x k x in x out becomes out x in x k x k; that of a transposed one in x out x k x k."""
    return TorchWeight("weight", name, (rank + 1, rank, *range(rank)))


def lay_out_depthwise(sizes: tuple[int, ...], channels: Dim, name: str = "kernel") -> TorchWeight:
    """A depthwise kernel: k x k x in x m becomes (in * m) x 1 x k x k."""
    rank = len(sizes)
    return TorchWeight("weight", name, (rank, rank + 1, *range(rank)), (channels, 1, *sizes))


# ---- convolutions ------------------------------------------------------------------------------------------
def slide_arguments(sliding: SlidingWindow, shape: Shape) -> tuple[Calls, dict[str, Any]]:
    """A padding of its own where PyTorch's layer has none like it, and the window's arguments."""
    rank, sides = len(shape) - 1, sliding.paddings(shape)
    given = {"kernel_size": shorten(sliding.kernel_sizes(rank))}
    stride, dilation = (
        shorten(tuple([along(v, rank, a) for a in range(rank)])) for v in (sliding.stride, sliding.dilation)
    )
    given |= {"stride": stride} if stride != 1 else {}
    before, padding = pad_apart(sliding, sides)
    given |= {"padding": padding} if padding else {}
    return before, given | ({"dilation": dilation} if dilation != 1 else {})


def pad_apart(sliding: SlidingWindow, sides: tuple[tuple[Dim, Dim], ...]) -> tuple[Calls, Any]:
    """A padding in PyTorch: calls before the layer, or the layer's own where there is as much behind as before."""
    if not is_known(sides):
        return (pad_at_run_time(sliding, len(sides)),), 0
    if all(before == after for before, after in sides):
        return (), shorten(tuple([before for before, _ in sides]))
    return pad_zeros(sides), 0


def pad_at_run_time(sliding: SlidingWindow, rank: int, value: float = 0.0) -> TorchCall:
    """The padding of padding=same with a stride, which depends on the size."""
    values = [
        tuple([along(v, rank, axis) for axis in range(rank)])
        for v in (sliding.kernel, sliding.stride, sliding.dilation)
    ]
    given: dict[str, Any] = {"kernel_size": shorten(values[0]), "stride": shorten(values[1])}
    given |= {"dilation": shorten(values[2])} if set(values[2]) != {1} else {}
    return TorchCall("pad_same", given | ({"value": value} if value else {}), (), "pad")


def convolve(layer: Any, shape: Shape, filters: Dim, groups: Dim, kernel: TorchWeight) -> Calls:
    """A convolution of a shape with its padding before it and its activation behind it."""
    rank = len(shape) - 1
    before, window = slide_arguments(layer.sliding(), shape)
    given = {"in_channels": shape[-1], "out_channels": filters, **window}
    given |= ({"groups": groups} if groups != 1 else {}) | ({} if layer.bias else {"bias": False})
    weights = (kernel, BIAS) if layer.bias else (kernel,)
    around = normalise_spectrum(layer.spectral_norm)
    return (*before, TorchCall(f"Conv{rank}d", given, weights, "", "", around), *activate(layer.activation))


def convolve_apart(layer: Any, shape: Shape, middle: Dim) -> Calls:
    """A separable convolution: each channel on its own, then all of them at each position."""
    rank = len(shape) - 1
    before, window = slide_arguments(layer.sliding(), shape)
    given = {"in_channels": shape[-1], "out_channels": middle, **window}
    given |= ({"groups": shape[-1]} if shape[-1] != 1 else {}) | {"bias": False}
    kernel = lay_out_depthwise(layer.sliding().kernel_sizes(rank), middle, "depthwise_kernel")
    mixing = {"in_channels": middle, "out_channels": layer.filters, "kernel_size": 1} | (
        {} if layer.bias else {"bias": False}
    )
    weights = (lay_out_kernel(rank, "pointwise_kernel"), *([BIAS] if layer.bias else []))
    return (
        *before,
        TorchCall(f"Conv{rank}d", given, (kernel,), "depthwise"),
        TorchCall(f"Conv{rank}d", mixing, weights, "pointwise"),
        *activate(layer.activation),
    )


def paint(layer: ConvTranspose, shape: Shape) -> Calls:
    """A transposed convolution. PyTorch paints (N - 1)S + F positions and cuts off as much before as behind; what else is to
    be cut off is, behind it, and what is missing are zeros, and the bias."""
    rank, axes = len(shape) - 1, layer.axes(len(shape) - 1)
    cuts, extras, crops = [], [], []
    for n, axis in zip(shape, axes, strict=False):
        over = (n - 1) * axis.stride + axis.extent - axis.painted(n)  # what padding=same trims
        assert isinstance(over, int)  # n cancels
        before = max(over, 0) // 2 if axis.same else 0
        before, after = before + axis.cut[0], over - before + axis.cut[1]
        both = before if 0 <= before - after < axis.stride else max(0, min(before, after))
        extras.append(both - after if both == before and after < before else max(0, -after))
        cuts.append(both)
        crops.append((before - both, max(0, after - both)))
    given: dict[str, Any] = {"in_channels": shape[-1], "out_channels": layer.filters}
    values = {"kernel_size": [a.kernel for a in axes], "stride": [a.stride for a in axes], "padding": cuts}
    values |= {"output_padding": extras}
    for name, numbers in values.items():
        if name == "kernel_size" or any(n != (name == "stride") for n in numbers):
            given[name] = shorten(tuple(numbers))
    given |= {"groups": layer.groups} if layer.groups != 1 else {}
    given |= {} if layer.bias else {"bias": False}
    if any(axis.dilation > 1 for axis in axes):
        given["dilation"] = shorten(tuple([axis.dilation for axis in axes]))
    weights = (lay_out_kernel(rank), BIAS) if layer.bias else (lay_out_kernel(rank),)
    # a transposed kernel's channels that leave stand where a convolution's enter
    call = TorchCall(f"ConvTranspose{rank}d", given, weights, "", "", normalise_spectrum(layer.spectral_norm))
    return (call, *cut_off(tuple(crops)), *activate(layer.activation))


PADDINGS = {"reflect": "reflect", "edge": "replicate", "circular": "circular"}  # modes, and what PyTorch calls them


def pad_around(sides: tuple[tuple[int, int], ...], ends: tuple[int, int], mode: str, value: float) -> Calls | NoTorch:
    """Numbers around a map and its channels, or what lies inside."""
    if ends != (0, 0):
        padding = tuple([n for pair in (*reversed(sides), ends) for n in pair])
        return (TorchCall("F.pad", {"pad": padding} | ({"value": value} if mode == "constant" else {})),)
    if mode in ("zeros", "constant"):
        return pad_with(sides, value if mode == "constant" else None)
    if mode not in PADDINGS:
        return NoTorch(f"pads with mode={mode}, which PyTorch does not have")
    padding = tuple([n for pair in reversed(sides) for n in pair])
    return (TorchCall("F.pad", {"pad": padding, "mode": PADDINGS[mode]}),)


def cut_off(sides: tuple[tuple[int, int], ...]) -> Calls:
    """So many positions fewer before and behind each spatial axis."""
    if not any(map(any, sides)):
        return ()
    kept = [slice(before or None, -after or None) for before, after in sides]
    return (TorchCall("[]", {"index": (slice(None), slice(None), *kept)}, (), "crop"),)


def weigh(layer: Any, shape: Shape) -> Calls:
    """A dense layer: on a map, a convolution of one position."""
    rank = len(shape) - 1
    weights = [TorchWeight("weight", "kernel", (1, 0), None, 0 if rank == 0 else None)]
    names, kind, more = ("in_features", "out_features"), "Linear", {}
    if 1 <= rank <= 3:
        weights = [TorchWeight("weight", "kernel", (1, 0), (layer.units, shape[-1], *(1,) * rank))]
        names, kind, more = ("in_channels", "out_channels"), f"Conv{rank}d", {"kernel_size": 1}
    given = {
        **dict(zip(names, (shape[-1], layer.units), strict=True)),
        **more,
        **({} if layer.bias else {"bias": False}),
    }
    around = normalise_spectrum(layer.spectral_norm)
    call = TorchCall(kind, given, (*weights, *([BIAS] if layer.bias else [])), "", MIXES * (rank == 0), around)
    last, first = (put_channels_last(rank + 1), put_channels_first(rank + 1)) if rank > 3 else ((), ())
    return (*last, call, *first, *activate(layer.activation))


# ---- pools -------------------------------------------------------------------------------------------------
def pool_arguments(sliding: SlidingWindow, rank: int) -> dict[str, Any]:
    """The kernel and the stride of a pool, which is the kernel's unless given."""
    kernel = shorten(sliding.kernel_sizes(rank))
    stride = shorten(tuple([along(sliding.stride, rank, axis) for axis in range(rank)]))
    return {"kernel_size": kernel} | ({"stride": stride} if stride != kernel else {})


def fits_inside(sliding: SlidingWindow, sides: tuple[tuple[Dim, Dim], ...]) -> bool:
    """Whether PyTorch's pools take a padding: as much behind as before, and at most half the kernel."""
    dilations = [along(sliding.dilation, len(sides), axis) for axis in range(len(sides))]
    halves = [(d * (k - 1) + 1) // 2 for k, d in zip(sliding.kernel_sizes(len(sides)), dilations, strict=True)]
    return all(b == a and isinstance(b, int) and b <= half for (b, a), half in zip(sides, halves, strict=True))


def take_largest(sliding: SlidingWindow, shape: Shape) -> Calls:
    """A max pool; what PyTorch does not pad itself is padded with minus infinity."""
    rank, given, sides = len(shape) - 1, pool_arguments(sliding, len(shape) - 1), sliding.paddings(shape)
    name, lowest = f"MaxPool{rank}d", float("-inf")
    dilation = shorten(tuple([along(sliding.dilation, rank, axis) for axis in range(rank)]))
    given |= {"dilation": dilation} if dilation != 1 else {}
    if not is_known(sides):
        return (pad_at_run_time(sliding, rank, lowest), TorchCall(name, given))
    if fits_inside(sliding, sides):
        padding = shorten(tuple([before for before, _ in sides]))
        given |= ({"padding": padding} if padding else {}) | ({"ceil_mode": True} if sliding.ceil else {})
        return (TorchCall(name, given),)
    return (*pad_with(sides if sliding.padding == "same" else sliding.borders(shape), lowest), TorchCall(name, given))


def take_mean(sliding: SlidingWindow, shape: Shape, counted: bool) -> Calls | NoTorch:
    """An average pool. Cells of the padding do not count with padding=same, nor zeros of a number unless `counted`."""
    rank, given, sides = len(shape) - 1, pool_arguments(sliding, len(shape) - 1), sliding.paddings(shape)
    name, same = f"AvgPool{rank}d", sliding.padding == "same"
    if is_known(sides) and fits_inside(sliding, sides):
        padding = shorten(tuple([before for before, _ in sides]))
        given |= ({"padding": padding} if padding else {}) | ({"ceil_mode": True} if sliding.ceil else {})
        given |= {"count_include_pad": False} if padding and (same or not counted) else {}
        return (TorchCall(name, given),)
    if same:
        return (TorchCall("avg_pool_same", given),)
    if not counted:
        return NoTorch(
            "leaves out zeros that PyTorch's average pool does not put there: more before than behind, or too many"
        )
    return (*pad_zeros(sides), TorchCall(name, given | ({"ceil_mode": True} if sliding.ceil else {})))
