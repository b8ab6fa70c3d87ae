"""Normalisations as PyTorch has them: over the channels behind the batch, or over the last axes."""

from __future__ import annotations

from cnnspec.layers.torch_call import (
    KEEPS,
    NoTorch,
    TorchCall,
    TorchWeight,
    drop_parameters,
    find_torch_axis,
    scale_and_shift,
)

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.layers.normalization import BatchNorm, GroupNorm, LayerNorm
    from cnnspec.layers.residual import Affine
    from cnnspec.layers.shape import Shape

Calls = tuple[TorchCall, ...]


def lacking(layer: Any) -> Calls:
    """What a layer has to lose that has one of two parameters which PyTorch has together."""
    if layer.scale == layer.center:
        return ()
    return drop_parameters("bias" if layer.scale else "weight")


def swap_to_front(call: TorchCall, axis: int, rank: int) -> Calls:
    """A call that works on the channels, on another axis instead."""
    here = find_torch_axis(axis, rank)
    if here == 1:
        return (call,)
    swap = TorchCall(".transpose", {"dim0": 1, "dim1": here})
    return (swap, call, swap)


def normalise_batch(layer: BatchNorm, shape: Shape) -> Calls | NoTorch:
    """A batch normalisation. Keras's momentum is the share that is kept, PyTorch's the share that is new."""
    rank = len(shape)
    if layer.renorm:
        return NoTorch("renormalises its batches, which PyTorch's layer does not")
    if rank > 4:
        return NoTorch("takes a tensor of five axes or more, which PyTorch's layer does not")
    given: dict[str, Any] = {"num_features": shape[layer.axis - 1 if layer.axis > 0 else layer.axis]}
    given |= {"eps": layer.epsilon} if layer.epsilon != 1e-5 else {}
    momentum = round(1 - layer.momentum, 12)
    given |= {"momentum": momentum} if momentum != 0.1 else {}
    given |= {} if layer.scale or layer.center else {"affine": False}
    weights = (
        *scale_and_shift(layer, (0,), 0),
        TorchWeight("running_mean", "moving_mean", (0,), None, 0),
        TorchWeight("running_var", "moving_variance", (0,), None, 0),
    )
    frozen = "" if layer.trainable else "Frozen"
    call = TorchCall(f"{frozen}BatchNorm{max(1, rank - 1)}d", given, weights, "", KEEPS * (rank == 1), lacking(layer))
    return swap_to_front(call, layer.axis, rank)


def normalise_axes(layer: LayerNorm, shape: Shape) -> Calls:
    """A layer normalisation: PyTorch's goes over the last axes, which these are brought to unless they are there."""
    rank = len(shape)
    dims = {find_torch_axis(axis, rank): axis for axis in layer.axes(shape)}  # PyTorch's axes → Keras's
    behind = sorted(dims)
    order = (0, *[dim for dim in range(1, rank + 1) if dim not in dims], *behind)
    sizes = tuple([shape[dims[dim] - 1] for dim in behind])
    given: dict[str, Any] = {"normalized_shape": sizes[0] if len(sizes) == 1 else sizes}
    given |= {"eps": layer.epsilon} if layer.epsilon != 1e-5 else {}
    given |= {} if layer.scale or layer.center else {"elementwise_affine": False}
    given |= {"bias": False} if layer.scale and not layer.center else {}
    around = drop_parameters("weight") if layer.center and not layer.scale else ()
    places = {axis: place for place, axis in enumerate(layer.axes(shape))}
    weights = scale_and_shift(layer, tuple([places[dims[dim]] for dim in behind]), 0 if rank == 1 else None)
    call = TorchCall("LayerNorm", given, weights, "", KEEPS * (rank == 1), around)
    if order == tuple(range(rank + 1)):
        return (call,)
    back = tuple([order.index(dim) for dim in range(rank + 1)])
    return (TorchCall(".permute", {"dims": order}), call, TorchCall(".permute", {"dims": back}))


def normalise_groups(layer: GroupNorm, rank: int, channels: Any) -> Calls:
    """A group normalisation; with a group for each channel, an instance normalisation."""
    given: dict[str, Any] = {"num_groups": channels if layer.groups == -1 else layer.groups, "num_channels": channels}
    given |= {"eps": layer.epsilon} if layer.epsilon != 1e-5 else {}
    given |= {} if layer.scale or layer.center else {"affine": False}
    call = TorchCall("GroupNorm", given, scale_and_shift(layer), "", "", lacking(layer))
    return swap_to_front(call, layer.axis, rank)


def divide_by_root(epsilon: float, axis: int, shape: Shape) -> Calls:
    """A root mean square normalisation along an axis, which is brought behind the others."""
    rank = len(shape)
    here = find_torch_axis(axis, rank)
    given = {"normalized_shape": shape[axis - (axis > 0)], "eps": epsilon}
    call = TorchCall("RMSNorm", given, (TorchWeight("weight", "scale"),))
    order = (0, *[dim for dim in range(1, rank + 1) if dim != here], here)
    if order == tuple(range(rank + 1)):
        return (call,)
    back = tuple([order.index(dim) for dim in range(rank + 1)])
    return (TorchCall(".permute", {"dims": order}), call, TorchCall(".permute", {"dims": back}))


def bring_to_length_1(axis: Any, rank: int) -> Calls:
    """A division by the length along an axis, or over several."""
    dims = tuple(sorted([find_torch_axis(one, rank) for one in (axis if isinstance(axis, tuple) else (axis,))]))
    given = {} if dims == (1,) else {"dim": dims[0] if len(dims) == 1 else dims}
    # Keras divides by the root of the sum of squares, which is at least 1e-6 there
    return (TorchCall("F.normalize", given),)


def scale_and_offset(layer: Affine, places: list[int], shape: Shape) -> Calls:
    """Learned factors and offsets along some axes, counted from 0 without the batch."""
    rank = len(shape)
    own = {find_torch_axis(place + 1, rank): place for place in range(rank)}  # PyTorch's axes → ours, in its order
    order = [own[dim] for dim in sorted(own)]
    sizes = tuple([shape[place] if place in places and not layer.single else 1 for place in order])
    factors = tuple([places.index(place) for place in order if place in places])
    offsets = tuple([place - places[0] for place in order if place >= places[0]])
    if layer.single:
        factors = offsets = (0,)
    given: dict[str, Any] = {"shape": sizes}
    given |= {} if layer.scale else {"scale": False}
    given |= {} if layer.center else {"center": False}
    weights = (
        *([TorchWeight("weight", "kernel", factors, sizes)] if layer.scale else []),
        *([TorchWeight("bias", "bias", offsets, sizes)] if layer.center else []),
    )
    return (TorchCall("Affine", given, weights),)
