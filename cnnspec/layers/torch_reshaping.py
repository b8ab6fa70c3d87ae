"""Layers that move values, and products of tensors, as PyTorch has them."""

from __future__ import annotations

from cnnspec.layers.torch_call import TorchCall, find_torch_axis, put_channels_first, put_channels_last

TYPE_CHECKING = False
if TYPE_CHECKING:
    from typing import Any

    from cnnspec.layers.shape import Shape

Calls = tuple[TorchCall, ...]
FLATTEN = TorchCall("Flatten", {})


def flatten(rank: int) -> Calls:
    """All values in one row, in Keras's order."""
    return (*put_channels_last(rank), FLATTEN) if rank > 1 else ()


def reshape(rank: int, output: Shape, shape: tuple[int, ...]) -> Calls:
    """The same values in another shape, in Keras's order."""
    if rank == 1 and len(output) > 1 and all(n == 1 for n in output[:-1]):
        return (TorchCall("[]", {"index": (slice(None), slice(None), *[None] * (len(output) - 1))}),)
    sizes = tuple([n if isinstance(n, int) else -1 for n in output]) if all(n != -1 for n in shape) else shape
    sizes = tuple([n if isinstance(n, int) else given for n, given in zip(output, sizes, strict=True)])
    unflattened = (TorchCall("Unflatten", {"dim": 1, "unflattened_size": sizes}),) if len(output) > 1 else ()
    return (*flatten(rank), *unflattened, *put_channels_first(len(output)))


def permute(order: tuple[int, ...]) -> Calls:
    """Axes in another order; `order` has Keras's, from 1."""
    rank = len(order)
    dims = [0] * (rank + 1)
    for place, axis in enumerate(order, 1):
        dims[find_torch_axis(place, rank)] = find_torch_axis(axis, rank)
    return (TorchCall(".permute", {"dims": tuple(dims)}),) if dims != sorted(dims) else ()


def repeat(times: int) -> Calls:
    """A vector, so many times over, as positions."""
    return (TorchCall(".unsqueeze", {"dim": 2}), TorchCall(".expand", {"size": (-1, -1, times)}))


def shuffle(groups: int, shape: Shape) -> Calls:
    """Channels dealt out anew."""
    if len(shape) > 1:
        return (TorchCall("ChannelShuffle", {"groups": groups}),)
    swap = TorchCall(".transpose", {"dim0": 1, "dim1": 2})
    return (TorchCall("Unflatten", {"dim": 1, "unflattened_size": (groups, shape[0] // groups)}), swap, FLATTEN)


def multiply_along(axes: list[int], inputs: tuple[Shape, ...], normalised: bool) -> Calls:
    """A product of two tensors, summed along an axis of each (counted from 1)."""
    letters = iter("abcdefghijklm")
    own = [[next(letters) for _ in shape] for shape in inputs]
    for axis, names in zip(axes, own, strict=True):
        names[axis - 1] = "z"
    rest = [name for names in own for name in names if name != "z"]
    first, second, result = ["n" + "".join([names[-1], *names[:-1]] if names else []) for names in (*own, rest)]
    given: dict[str, Any] = {"equation": f"{first},{second}->{result}"}
    name = "normalised_einsum" if normalised else "torch.einsum"
    return (TorchCall(name, given), *([] if rest else [TorchCall(".unsqueeze", {"dim": 1})]))


def multiply_matrices(rank: int) -> Calls:
    """Products of matrices in the last two axes of ours; PyTorch has the last of them behind the batch."""
    before = "abcdefgh"[: rank - 2]
    return (TorchCall("torch.einsum", {"equation": f"nz{before}x,ny{before}z->ny{before}x"}),)


def open_blocks(size: int, channels_outside: bool, shape: Shape) -> Calls:
    """Channels become the positions of blocks; PyTorch has that for images whose channels are the outer index."""
    rank = len(shape) - 1
    if channels_outside and rank == 2:
        return (TorchCall("PixelShuffle", {"upscale_factor": size}),)
    left, blocks = shape[-1] // size**rank, (size,) * rank
    first = 2 if channels_outside else 1  # the axis of the blocks' rows
    apart = TorchCall(
        "Unflatten", {"dim": 1, "unflattened_size": (left, *blocks) if channels_outside else (*blocks, left)}
    )
    mixed = [axis for place in range(rank) for axis in (rank + 2 + place, first + place)]
    moved = TorchCall(".permute", {"dims": (0, 1 if channels_outside else rank + 1, *mixed)})
    joined = [TorchCall(".flatten", {"start_dim": place, "end_dim": place + 1}) for place in range(2, rank + 2)]
    return (apart, moved, *joined)


def close_blocks(size: int, channels_outside: bool, shape: Shape) -> Calls:
    """The positions of blocks become channels."""
    rank = len(shape) - 1
    if channels_outside and rank == 2:
        return (TorchCall("PixelUnshuffle", {"downscale_factor": size}),)
    apart = [
        TorchCall("Unflatten", {"dim": place + 2, "unflattened_size": (-1, size)}) for place in reversed(range(rank))
    ]
    outer, blocks = ([2 + step + 2 * place for place in range(rank)] for step in (0, 1))
    inside = [1, *blocks] if channels_outside else [*blocks, 1]
    joined = TorchCall(".flatten", {"start_dim": 1, "end_dim": rank + 1})
    return (*apart, TorchCall(".permute", {"dims": (0, *inside, *outer)}), joined)


def reduce(name: str, places: list[int], keepdims: bool, rank: int) -> Calls:
    """A function over some axes, counted from 0 without the batch, which go or stay with size 1."""
    dims = tuple(sorted([find_torch_axis(place + 1, rank) for place in places]))
    call = TorchCall(name, {"dim": dims[0] if len(dims) == 1 else dims} | ({"keepdim": True} if keepdims else {}))
    if keepdims or rank - 1 not in places:
        return (call,)
    return (call, *put_channels_first(rank - len(places)))


def stack(place: int, rank: int) -> Calls:
    """Tensors side by side along a new axis, counted from 0 without the batch."""
    call = TorchCall("torch.stack", {"dim": find_torch_axis(place + 1, rank + 1)})
    if place < rank or rank == 1:
        return (call,)
    return (call, TorchCall(".permute", {"dims": (0, 1, *range(3, rank + 2), 2)}))
