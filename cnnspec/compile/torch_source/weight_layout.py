"""Weights of Keras → the state of the printed module, and back: axes in another order, rows of a flattened map in another
order.

Arrays are NumPy's, or whatever has `reshape` and `transpose` as these do.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from cnnspec.compile.torch_source.layer_calls import order_rows

if TYPE_CHECKING:
    from cnnspec.layers.shape import Shape
    from cnnspec.layers.torch_call import TorchWeight


def lay_out_for_torch(array: Any, weight: TorchWeight, entering: Shape | None) -> Any:
    """A Keras weight as PyTorch has it. `entering` is the shape of the map, if any, that enters as a row, channels first."""
    if entering is not None and weight.rows is not None:
        array = reorder_rows(array, weight.rows, *order_rows(entering))
    array = array.transpose(weight.order)
    return array if weight.shape is None else array.reshape(weight.shape)


def find_torch_shape(weight: TorchWeight, shape: Shape) -> Shape:
    """The shape in PyTorch of a weight that has this one in Keras."""
    return tuple([shape[axis] for axis in weight.order]) if weight.shape is None else weight.shape


def lay_out_for_keras(array: Any, weight: TorchWeight, entering: Shape | None, shape: Shape) -> Any:
    """A weight of PyTorch as Keras has it, in its shape there."""
    array = array.reshape(tuple([shape[axis] for axis in weight.order]))
    array = array.transpose(invert_order(weight.order))
    if entering is not None and weight.rows is not None:
        sizes, order = order_rows(entering)
        array = reorder_rows(array, weight.rows, tuple([sizes[axis] for axis in order]), invert_order(order))
    return array


def reorder_rows(array: Any, axis: int, sizes: Shape, order: tuple[int, ...]) -> Any:
    """An array whose positions along one axis are those of a map, with the map's axes in another order."""
    before, behind = array.shape[:axis], array.shape[axis + 1 :]
    inside = tuple([axis + place for place in order])
    after = tuple(range(axis + len(sizes), axis + len(sizes) + len(behind)))
    apart = array.reshape((*before, *sizes, *behind)).transpose((*range(axis), *inside, *after))
    return apart.reshape(array.shape)


def invert_order(order: tuple[int, ...]) -> tuple[int, ...]:
    """The order that undoes an order of axes."""
    return tuple([order.index(axis) for axis in range(len(order))])
