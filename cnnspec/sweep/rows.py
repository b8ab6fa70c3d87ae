"""Candidates that are kept: their digits and figures, and the orders in which they are compared."""

from __future__ import annotations

import numpy as np

from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from numpy.typing import NDArray

    from cnnspec.sweep.engine import Batch
    from cnnspec.sweep.space import Space
    from cnnspec.sweep.structure import Parameter, Quantity

    Masked = np.ma.MaskedArray[Any, Any]

ma: Any = np.ma


class Key(Record):
    """A figure by which candidates are compared: a quantity, or a parameter that is a number; the smallest first, unless
    `largest`."""

    name: Quantity | str
    largest: bool = False

    def __str__(self) -> str:
        return f"{'-' * self.largest}{self.name}"


class Kept(Record):
    """Some candidates, all legal: their digits, one array an axis, and of each quantity the columns."""

    digits: tuple[NDArray[Any], ...]
    figures: tuple[tuple[Masked, ...], ...]
    count: int

    @staticmethod
    def of(batch: Batch, chosen: NDArray[Any]) -> Kept:
        """Those of a batch that are chosen by a mask or by their places."""
        figures = tuple([tuple([column[chosen] for column in columns]) for columns in batch.figures])
        digits = tuple([digits[chosen] for digits in batch.digits])
        return Kept(digits, figures, int(chosen.sum()) if chosen.dtype == bool else len(chosen))

    def take(self, places: NDArray[np.intp]) -> Kept:
        figures = tuple([tuple([column[places] for column in columns]) for columns in self.figures])
        return Kept(tuple([digits[places] for digits in self.digits]), figures, len(places))

    def pack(self, sizes: Sequence[int]) -> Kept:
        """The same with digits in as few bytes as they need."""
        kinds = [np.min_scalar_type(size - 1) for size in sizes]
        return self.replace(
            digits=tuple([digits.astype(kind) for digits, kind in zip(self.digits, kinds, strict=True)])
        )

    def join(self, other: Kept) -> Kept:
        """These candidates and others."""
        return join_all([self, other], len(self.digits), len(self.figures))


def none_kept(axes: int, quantities: int) -> Kept:
    return Kept((np.empty(0, np.intp),) * axes, ((),) * quantities, 0)


def join_all(parts: Sequence[Kept], axes: int, quantities: int) -> Kept:
    """Candidates one behind another."""
    parts = [part for part in parts if part.count]
    if len(parts) < 2:
        return parts[0] if parts else none_kept(axes, quantities)
    figures = []
    for number in range(quantities):
        columns = []
        for place in range(max([len(part.figures[number]) for part in parts])):
            kinds = [part.figures[number][place].dtype for part in parts if place < len(part.figures[number])]
            columns.append(
                ma.concatenate(
                    [
                        part.figures[number][place]
                        if place < len(part.figures[number])
                        else ma.masked_all(part.count, kinds[0])
                        for part in parts
                    ]
                )
            )
        figures.append(tuple(columns))
    digits = tuple([np.concatenate([part.digits[axis] for part in parts]) for axis in range(axes)])
    return Kept(digits, tuple(figures), sum([part.count for part in parts]))


def find_key(kept: Kept, key: Key, space: Space, quantities: Sequence[Quantity | Parameter]) -> Masked:
    """What candidates are ordered by, the first the smallest. Of a figure for each axis of the network it is the smallest."""
    if isinstance(key.name, str):
        number = [axis.name for axis in space.axes].index(key.name)
        values = ma.asarray(np.array(space.axes[number].options)[kept.digits[number]])
    else:
        columns = kept.figures[[*quantities].index(key.name)]
        values = columns[0] if columns else ma.masked_all(kept.count, np.int64)
        for column in columns[1:]:
            values = ma.where(
                ma.getmaskarray(values) | (ma.filled(column, 0) < ma.filled(values, 0)) & ~ma.getmaskarray(column),
                column,
                values,
            )
    if values.dtype == bool:
        values = values.astype(np.int64)
    ordered: Masked = -values if key.largest else values
    return ordered


def find_best(keys: Sequence[Masked], numbers: NDArray[Any], most: int) -> NDArray[np.intp]:
    """The places of the first so many candidates, ordered by keys, then by their numbers; what is not known comes last."""
    if numbers.dtype == object:
        numbers = np.unique(numbers, return_inverse=True)[1].reshape(-1)
    order = [numbers]
    for key in reversed(keys):
        values = ma.getdata(key)
        if values.dtype == object:
            values = np.unique(values, return_inverse=True)[1].reshape(-1)
        order += [np.where(ma.getmaskarray(key), 0, values), ma.getmaskarray(key)]
    return np.asarray(np.lexsort(order)[:most], np.intp)
