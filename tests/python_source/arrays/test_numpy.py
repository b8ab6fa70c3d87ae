"""NumPy by shape against NumPy: what is said of an expression is so, whatever sizes of its arrays are known."""

from __future__ import annotations

import re
from itertools import product
from typing import Any

import numpy as np
import pytest

from cnnspec.python_source.arrays.array_value import ArrayValue
from cnnspec.python_source.values import Unknown, Value
from tests.python_source.arrays.evaluate import evaluate

# x is (4, 6, 3) of float32, y (4,) of int64, m a mask as y
KNOWN = [  # whose shapes come out whole where those of the arrays are known
    "np.zeros((3, 4))", "np.ones(5)", "np.empty([2, 3], dtype='float32')", "np.full((2, 2), 7)", "np.eye(3)", "np.zeros_like(x)",
    "np.arange(10)", "np.arange(2, 11, 3)", "np.arange(0, 1, 0.25)", "np.arange(5, 0)", "np.linspace(0, 0.1, 12)",
    "np.meshgrid(y, x[0, 0])[0]", "np.meshgrid(y, x[0, 0], indexing='ij')[1]", "np.meshgrid(y, y[1:], y[2:])[2]", "np.linspace(1, 2, 4, endpoint=False)", "np.linspace(0, 1)", "np.array([3, 4, 6, 3])", "np.array([[1, 2.5], [3, 4]])",
    "np.array([x, x])", "np.asarray(y, dtype='float32')", "np.array([1, 2], dtype=np.uint8)",
    "x.reshape(-1)", "x.reshape(4, -1)", "x.reshape((4, 18))", "x.reshape(x.shape[0], 6, 3, 1)", "np.reshape(x, (2, 2, -1))",
    "x.reshape([-1, 6, 3, 1])", "x.ravel()", "x.flatten()", "np.ravel(x)", "np.expand_dims(x, -1)", "np.expand_dims(x, axis=0)",
    "np.expand_dims(x, (0, -1))", "np.squeeze(x[:1])", "np.squeeze(x[:1], axis=0)", "x[:1].squeeze(0)", "x.T", "x.transpose()",
    "x.transpose(0, 2, 1)", "x.transpose((2, 0, 1))", "np.transpose(x, [1, 0, 2])", "np.moveaxis(x, -1, 0)",
    "np.moveaxis(x, [0, 1], [1, 2])", "np.swapaxes(x, 0, 2)", "x.swapaxes(-1, 0)", "x.astype('float64')", "x.astype(np.uint8)",
    "x.copy()", "x.clip(0, 1)", "np.clip(x, 0, 1)", "np.flip(x, 1)", "np.roll(x, 2)", "np.sort(x)", "np.argsort(y)",
    "np.concatenate([x, x])", "np.concatenate((x, x, x), axis=-1)", "np.concatenate([x, x], axis=None)", "np.stack([x, x])",
    "np.stack((x,) * 3, axis=-1)", "np.vstack([y, y])", "np.vstack([x, x])", "np.hstack([y, y])", "np.hstack([x, x])",
    "np.dstack([y, y])", "np.dstack([x, x])", "np.append(y, y)", "np.append(x, x, axis=0)",
    "np.repeat(x, 3, axis=-1)", "np.repeat(y, 2)", "x.repeat(2, 0)", "np.tile(x, 2)", "np.tile(y, (2, 3))", "np.tile(x, (2, 1, 1))",
    "np.pad(x, 2)", "np.pad(x, (1, 2))", "np.pad(x, ((0, 0), (2, 2), (0, 1)))", "np.pad(x, ((0, 0), (2, 2), (0, 0)), mode='constant')",
    "np.split(x, 2)[1]", "np.split(x, [1, 3])[1]", "np.array_split(x, 2, axis=1)[0]", "np.split(x, 3, axis=-1)[2]",
    "x.mean()", "x.mean(axis=0)", "x.sum(axis=(0, 1))", "x.max(axis=-1, keepdims=True)", "np.mean(x, (0, 1, 2))",
    "np.std(x, axis=0, keepdims=True)", "np.argmax(x, axis=1)", "np.argmax(x)", "x.min(keepdims=True)", "np.all(m)", "np.any(x > 0, axis=0)",
    "x.cumsum()", "np.cumsum(x, axis=0)", "np.cumsum([1, 2, 3])", "np.cumprod([1, 2, 3])", "np.dot(x[0], x[0].T)", "np.matmul(x, x.transpose(0, 2, 1))",
    "x @ x[0].T", "y @ y", "np.dot(y, x[:, 0])", "np.dot(x, x[0].T)", "x / 255.0", "255 - x", "x - x.mean(axis=0)", "x * y[:, None, None]", "-x", "x > 0.5",
    "y == 3", "x ** 2", "(x - x.mean()) / x.std()", "x[0]", "x[-1, 2]", "x[1, 2, 0]", "x[1:3]", "x[:, 1:-1]", "x[..., 0]", "x[..., None]",
    "x[:, :, np.newaxis]", "x[::2]", "x[::-1]", "x[:, ::-2]", "x[None]", "x[y % 4]", "x[[0, 2]]", "x[:, [0, 2, 1]]", "x[0, :, [0, 1]]",
    "x[:, 0, [1, 2]]", "x[[0, 1], [2, 3]]", "x[:2, None, [1, 1], 0]", "x[np.array([[0, 1], [1, 0]])]", "x[:100]", "x[2:1]", "x.shape", "x.ndim", "x.size", "np.shape(x)", "np.ndim(x)", "np.size(x)",
    "np.prod(x.shape[1:])", "np.prod((3, 4))", "np.prod([2.5, 2])", "np.sqrt(16)", "np.sqrt(x)", "np.ceil(2.1)", "np.floor(x)", "np.log2(8)", "np.abs(-3)",
    "np.maximum(x, 0)", "np.maximum(2, 3)", "np.minimum(2, 3.5)", "np.add(x, 1)", "np.power(2, 5)", "np.where(x > 0, x, 0)", "np.int32(3.7)", "np.float32(0.1)", "np.float64(0.1)",
    "np.max([1, 5, 3])", "np.min([1, 5, 3])", "np.sum([1, 2])", "np.mean([1, 2])", "np.array([1, 2, 3])[1]", "np.array([1, 2, 3])[::-1][0]",
    "np.array([[1, 2], [3, 4]])[1]", "np.array([[1, 2], [3, 4]])[1][0]", "np.array([1, 2]) * 3", "np.array([1, 2]) + np.array([3, 4])", "np.array([1, 2]) / 2", "np.array([4, 2]) // 3",
    "np.array([1, 2]) ** 2", "2 ** np.array([1, 2])", "np.array([1.5, 2]) % 1", "np.arange(4) == 2", "np.arange(6).reshape(2, 3)", "np.arange(6).reshape(2, 3).shape", "np.array([1, 2]).tolist()", "np.round(2.567, 2)", "np.unique([3, 1, 3])",
    "np.random.rand(3, 4)", "np.random.rand()", "np.random.randn(2)", "np.random.random((2, 3))", "np.random.uniform(0, 1, (2, 3))", "np.random.normal(size=5)", "np.random.normal(0, 1, size=(2, 2))",
    "np.random.randint(0, 10, 5)", "np.random.randint(10, size=(3, 1))", "np.random.permutation(7)", "np.random.permutation(x)", "np.random.choice(5, 3)", "np.random.choice(5, (2, 2))", "np.random.default_rng(0).normal(size=(2, 3))", "np.random.RandomState(0).rand(2, 3)",
    "np.isnan(x)", "np.logical_not(m)", "np.identity(2)", "x.dtype == np.float32", "np.copy(x)", "np.full(3, 1.5)", "np.bincount(y)", "x.std(0)", "np.exp(x)", "np.linalg.norm(x)",
]  # fmt: skip
PARTLY = [  # of which the values decide
    "x[m]", "y[m]", "x[x > 0]", "x[m, 0]", "x[m, :, 1:]", "x[:, x[0, :, 0] > 0]", "np.unique(y)", "np.where(m)[0]", "np.unique(y, return_counts=True)[1]", "np.squeeze(x[m])",
]  # fmt: skip
ARRAYS = {
    "x": np.random.default_rng(0).normal(size=(4, 6, 3)).astype("float32"),
    "y": np.array([0, 3, 1, 2]),
    "m": np.array([True, False, True, True]),
}
NOT_DONE = ("np.append", "np.bincount", "np.linalg")


def hide(shape: tuple[int, ...], known: tuple[bool, ...]) -> tuple[int | None, ...]:
    return tuple([n if k else None for n, k in zip(shape, known, strict=True)])


def is_right(said: Any, true: Any) -> bool:
    """Whether what is said of a value is so."""
    if isinstance(said, Unknown) or isinstance(said, Value) and not isinstance(said, ArrayValue):
        return True
    if isinstance(said, (tuple, list)):
        return type(said) is type(true) and len(said) == len(true) and all(map(is_right, said, true))
    if not isinstance(said, ArrayValue):
        return not isinstance(true, np.ndarray) and bool(said == pytest.approx(true))
    true = np.asarray(true)
    right = said.shape is None or len(said.shape) == true.ndim
    right = right and all([n in (None, m) for n, m in zip(said.shape or (), true.shape, strict=False)])
    right = right and said.dtype in ("", str(true.dtype))
    return right and (said.values is None or list(said.values) == pytest.approx(true.ravel().tolist()))


def find_unknown_sizes(said: Any) -> bool:
    if isinstance(said, (tuple, list)):
        return any(map(find_unknown_sizes, said))
    return said.shape is None or None in said.shape if isinstance(said, ArrayValue) else isinstance(said, Unknown)


@pytest.mark.parametrize("text", [*KNOWN, *PARTLY])
def test_an_expression(text: str) -> None:
    true = eval(text, {"np": np, **ARRAYS})
    for known in product((True, False), repeat=4):
        names = {
            "x": ArrayValue(hide((4, 6, 3), known[:3]), "float32"),
            "y": ArrayValue(hide((4,), known[3:]), "int64"),
            "m": ArrayValue(hide((4,), known[3:]), "bool"),
        }
        said = evaluate(text, **names)
        assert is_right(said, true), (known, said, true)
        sized = np.ndim(true) or not re.search(r"\b[xym]\b|random", text)
        if all(known) and text in KNOWN and not text.startswith(NOT_DONE) and sized:
            assert not find_unknown_sizes(said), said
    blank = {name: ArrayValue(None) for name in names}
    assert is_right(evaluate(text, **blank), true)
