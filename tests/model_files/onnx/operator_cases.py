"""Small ONNX graphs, and the layers that they are. Of each: the input's shape, the nodes, the tensors that they read (a shape:
weights by chance; an array: these values), the body of the text, the opset.
"""

from __future__ import annotations

from typing import Any

import numpy as np


def ints(*values: int) -> Any:
    return np.array(values, "int64")


def floats(*values: float) -> Any:
    return np.array(values, "float32")


def scalar(value: float) -> Any:
    return np.array(value, "float32")


MAP: tuple[Any, ...] = ("N", 3, 8, 8)
WIDE: tuple[Any, ...] = ("N", 8, 4, 6)
ROW: tuple[Any, ...] = ("N", 6)
W = (4, 3, 3, 3)
Case = tuple[tuple[Any, ...], str, dict[str, Any], str, int]

WINDOWS: list[Case] = [
    (MAP, "y = Conv(x, w)", {"w": W}, "conv(4, 3x3, bias=false)", 17),
    (MAP, "y = Conv(x, w, b)", {"w": W, "b": (4,)}, "conv(4, 3x3)", 17),
    (MAP, "y = Conv<pads=[1,1,1,1], strides=[2,2]>(x, w, b)", {"w": W, "b": (4,)}, "conv(4, 3x3, stride=2, padding=1)", 9),
    (MAP, "y = Conv<pads=[1,0,0,1]>(x, w)", {"w": W}, "conv(4, 3x3, padding=((1, 0), (0, 1)), bias=false)", 17),
    (MAP, "y = Conv<pads=[0,0,1,1], strides=[2,2]>(x, w)", {"w": W}, "conv(4, 3x3, stride=2, padding=same, bias=false)", 17),
    (MAP, 'y = Conv<auto_pad="SAME_UPPER">(x, w)', {"w": W}, "conv(4, 3x3, padding=same, bias=false)", 17),
    (MAP, 'y = Conv<auto_pad="SAME_LOWER", strides=[2,2]>(x, w)', {"w": W}, "conv(4, 3x3, stride=2, padding=((1, 0), (1, 0)), bias=false)", 17),
    (MAP, 'y = Conv<auto_pad="VALID", dilations=[2,1]>(x, w)', {"w": W}, "conv(4, 3x3, dilation=2x1, bias=false)", 17),
    (WIDE, "y = Conv<group=2>(x, w)", {"w": (6, 4, 1, 3)}, "conv(6, 1x3, groups=2, bias=false)", 17),
    (WIDE, "y = Conv<group=8, strides=[2,2]>(x, w)", {"w": (16, 1, 3, 3)}, "depthwise_conv(3x3, stride=2, multiplier=2, bias=false)", 17),
    (("N", 3, 9), "y = Conv(x, w)", {"w": (5, 3, 4)}, "conv(5, 4, bias=false)", 17),
    (("N", 2, 4, 5, 6), "y = Conv(x, w)", {"w": (3, 2, 2, 2, 2)}, "conv(3, 2x2x2, bias=false)", 17),
    (MAP, "c = Conv(x, w); y = Add(c, b)", {"w": W, "b": (1, 4, 1, 1)}, "conv(4, 3x3)", 17),
    (MAP, "c = Conv(x, w); y = Add(b, c)", {"w": W, "b": (4, 1, 1)}, "conv(4, 3x3)", 17),
    (MAP, "y = ConvTranspose<strides=[2,2]>(x, w)", {"w": (3, 4, 2, 2)}, "conv_transpose(4, 2x2, stride=2, bias=false)", 17),
    (MAP, "y = ConvTranspose<strides=[2,2], pads=[1,1,1,1], output_padding=[1,1]>(x, w, b)", {"w": (3, 4, 3, 3), "b": (4,)}, "conv_transpose(4, 3x3, stride=2, padding=1, output_padding=1)", 11),
    (MAP, 'y = ConvTranspose<strides=[2,2], auto_pad="SAME_UPPER">(x, w)', {"w": (3, 4, 4, 4)}, "conv_transpose(4, 4x4, stride=2, padding=1, bias=false)", 17),
    (MAP, "y = ConvTranspose<strides=[2,2], output_shape=[16,16]>(x, w)", {"w": (3, 4, 4, 4)}, "conv_transpose(4, 4x4, stride=2, padding=1, bias=false)", 17),
    (MAP, "y = MaxPool<kernel_shape=[2,2], strides=[2,2]>(x)", {}, "maxpool(2x2)", 17),
    (MAP, "y = MaxPool<kernel_shape=[3,3], strides=[2,2], pads=[1,1,1,1], ceil_mode=1>(x)", {}, "maxpool(3x3, stride=2, padding=1, ceil=true)", 17),
    (MAP, "y = MaxPool<kernel_shape=[3,3]>(x)", {}, "maxpool(3x3, stride=1)", 9),
    (MAP, "p = Pad(x, p8, low); y = MaxPool<kernel_shape=[3,3], strides=[2,2]>(p)", {"p8": ints(0, 0, 1, 1, 0, 0, 1, 1), "low": scalar(-np.inf)}, "maxpool(3x3, stride=2, padding=1)", 17),
    (MAP, "p = Pad(x, p8, low); t = Transpose<perm=[0,1,3,2]>(p); m = MaxPool<kernel_shape=[4,4], pads=[0,0,1,0]>(t); y = Transpose<perm=[0,1,3,2]>(m)", {"p8": ints(0, 0, 1, 0, 0, 0, 0, 2), "low": scalar(-np.inf)}, "permute((2, 1, 3)) -> maxpool(4x4, stride=1, padding=((0, 3), (1, 0)))", 17),
    (MAP, "y = MaxPool<kernel_shape=[3,3], dilations=[2,2]>(x)", {}, "maxpool(3x3, stride=1, dilation=2)", 17),
    (WIDE, "y = ConvTranspose<strides=[2,2], group=2>(x, w)", {"w": (8, 3, 2, 2)}, "conv_transpose(6, 2x2, stride=2, groups=2, bias=false)", 17),
    (MAP, "y = Conv<strides=[2,2], dilations=[2,2]>(x, w)", {"w": W}, "conv(4, 3x3, stride=2, dilation=2, bias=false)", 17),
    (MAP, "y = AveragePool<kernel_shape=[2,2], strides=[2,2]>(x)", {}, "avgpool(2x2)", 17),
    (MAP, "y = AveragePool<kernel_shape=[3,3], pads=[1,1,1,1], count_include_pad=1>(x)", {}, "avgpool(3x3, stride=1, padding=1)", 17),
    (MAP, "y = AveragePool<kernel_shape=[3,3], pads=[1,1,1,1]>(x)", {}, "avgpool(3x3, stride=1, padding=1, count_padding=false)", 17),
    (MAP, "y = AveragePool<kernel_shape=[8,8]>(x)", {}, "gap(keepdims=true)", 17),
    (MAP, "y = GlobalAveragePool(x)", {}, "gap(keepdims=true)", 17),
    (MAP, "p = GlobalMaxPool(x); y = Flatten(p)", {}, "gmp", 17),
    (MAP, "p = GlobalAveragePool(x); y = Squeeze<axes=[2,3]>(p)", {}, "gap", 11),
]  # fmt: skip

VALUES: list[Case] = [
    (ROW, "y = Gemm(x, w, b)", {"w": (6, 5), "b": (5,)}, "dense(5)", 17),
    (ROW, "y = Gemm<transB=1>(x, w)", {"w": (5, 6)}, "dense(5, bias=false)", 17),
    (ROW, "y = MatMul(x, w)", {"w": (6, 5)}, "dense(5, bias=false)", 17),
    (ROW, "m = MatMul(x, w); y = Add(m, b)", {"w": (6, 5), "b": (5,)}, "dense(5)", 17),
    (("N", 7, 6), "m = MatMul(x, w); y = Add(b, m)", {"w": (6, 5), "b": (5,)}, "permute((2, 1)) -> dense(5)", 17),
    (ROW, "t = Transpose<perm=[1,0]>(w); y = MatMul(x, t)", {"w": (5, 6)}, "dense(5, bias=false)", 17),
    (MAP, "y = BatchNormalization(x, s, b, m, v)", dict.fromkeys("sbmv", (3,)), "bn(momentum=0.9, epsilon=1e-5)", 9),
    (MAP, "y = BatchNormalization<epsilon=0.001, momentum=0.99>(x, s, b, m, v)", dict.fromkeys("sbmv", (3,)), "bn", 17),
    (MAP, "m = Mul(x, s); y = Add(m, b)", {"s": (1, 3, 1, 1), "b": (1, 3, 1, 1)}, "bn", 17),
    (MAP, "m = Mul(x, s); r = Relu(m); y = Add(r, m)", {"s": (3, 1, 1)}, "layer_scale add(relu, in)", 17),
    (MAP, "y = InstanceNormalization(x, s, b)", dict.fromkeys("sb", (3,)), "instance_norm(epsilon=1e-5)", 17),
    (WIDE, "r = Reshape(x, g); i = InstanceNormalization(r, o, z); t = Reshape(i, h); m = Mul(t, s); y = Add(m, b)", {"g": ints(0, 2, -1), "h": ints(-1, 8, 4, 6), "o": floats(1, 1), "z": floats(0, 0), "s": (8, 1, 1), "b": (8, 1, 1)}, "group_norm(2, epsilon=1e-5)", 17),
    (WIDE, "y = GroupNormalization<num_groups=4>(x, s, b)", dict.fromkeys("sb", (8,)), "group_norm(4, epsilon=1e-5)", 21),
    (ROW, "y = LayerNormalization(x, s, b)", dict.fromkeys("sb", (6,)), "layer_norm(epsilon=1e-5)", 17),
    (MAP, "t = Transpose<perm=[0,2,3,1]>(x); n = LayerNormalization(t, s, b); y = Transpose<perm=[0,3,1,2]>(n)", dict.fromkeys("sb", (3,)), "layer_norm(epsilon=1e-5)", 17),
    (ROW, "m = ReduceMean<axes=[-1]>(x); c = Sub(x, m); q = Pow(c, two); v = ReduceMean<axes=[-1]>(q); e = Add(v, eps); r = Sqrt(e); d = Div(c, r); f = Mul(d, s); y = Add(f, b)", {"two": scalar(2), "eps": scalar(1e-6), "s": (6,), "b": (6,)}, "layer_norm(epsilon=1e-6)", 13),
    (MAP, "y = PRelu(x, s)", {"s": (3, 1, 1)}, "prelu(shared_axes=(1, 2))", 17),
    (MAP, "y = PRelu(x, s)", {"s": (1,)}, "prelu(shared_axes=(1, 2, 3))", 17),
    (MAP, "y = Relu(x)", {}, "relu", 17),
    (MAP, "y = LeakyRelu(x)", {}, "leaky_relu(negative_slope=0.01)", 17),
    (MAP, "y = Elu<alpha=0.5>(x)", {}, "elu(alpha=0.5)", 17),
    (MAP, "y = Selu(x)", {}, "selu", 17),
    (MAP, "y = Celu(x)", {}, "celu", 17),
    (MAP, "y = Softplus(x)", {}, "softplus", 17),
    (MAP, "y = Softsign(x)", {}, "softsign", 17),
    (MAP, "y = Tanh(x)", {}, "tanh", 17),
    (MAP, "y = Exp(x)", {}, "exponential", 17),
    (MAP, "y = Mish(x)", {}, "mish", 18),
    (MAP, "p = Softplus(x); t = Tanh(p); y = Mul(x, t)", {}, "mish", 17),
    (MAP, "y = HardSwish(x)", {}, "hard_silu", 17),
    (MAP, "h = HardSigmoid<alpha=0.16666667>(x); y = Mul(h, x)", {}, "hard_silu", 17),
    (MAP, "a = Add(x, three); c = Clip(a, zero, six); d = Div(c, six); y = Mul(x, d)", {"three": scalar(3), "zero": scalar(0), "six": scalar(6)}, "hard_silu", 17),
    (MAP, "a = Add(x, three); c = Clip(a, zero, six); m = Mul(x, c); y = Div(m, six)", {"three": scalar(3), "zero": scalar(0), "six": scalar(6)}, "hard_silu", 17),
    (MAP, "a = Add(three, x); c = Clip<min=0.0, max=6.0>(a); y = Div(c, six)", {"three": scalar(3), "six": scalar(6)}, "hard_sigmoid", 9),
    (MAP, "y = HardSigmoid<alpha=0.16666667>(x)", {}, "hard_sigmoid", 17),
    (MAP, "s = Sigmoid(x); y = Mul(x, s)", {}, "silu", 17),
    (MAP, "s = Sigmoid(x); y = Mul(s, x)", {}, "silu", 17),
    (MAP, "y = Swish(x)", {}, "silu", 24),
    (MAP, "y = Gelu(x)", {}, "gelu", 20),
    (MAP, "d = Div(x, root); e = Erf(d); a = Add(e, one); m = Mul(x, a); y = Mul(m, half)", {"root": scalar(1.4142135), "one": scalar(1), "half": scalar(0.5)}, "gelu", 17),
    (MAP, "d = Div(x, root); e = Erf(d); a = Add(one, e); h = Mul(half, a); y = Mul(x, h)", {"root": scalar(1.4142135), "one": scalar(1), "half": scalar(0.5)}, "gelu", 17),
    (MAP, "d = Mul(x, root); e = Erf(d); a = Add(one, e); h = Mul(half, x); y = Mul(a, h)", {"root": scalar(0.70710677), "one": scalar(1), "half": scalar(0.5)}, "gelu", 17),
    (MAP, "y = Clip(x, zero, six)", {"zero": scalar(0), "six": scalar(6)}, "relu6", 17),
    (MAP, "y = Clip<min=0.0, max=6.0>(x)", {}, "relu6", 9),
    (MAP, "r = Relu(x); y = Min(r, six)", {"six": scalar(6)}, "relu6", 17),
    (MAP, "m = Max(x, l); y = Min(m, h)", {"l": scalar(-1), "h": scalar(1)}, "hard_tanh", 17),
    (MAP, "y = Max(x, l)", {"l": scalar(0)}, "relu", 17),
    (MAP, "s = Shape(x); m = Max(s, n); q = Mul(m, t); p = Sub(q, m); y = Reshape(x, p)", {"n": ints(1), "t": ints(2, 2, 2, 2)}, "", 17),
    (MAP, "y = Clip<min=0.0, max=4.0>(x)", {}, "relu(4)", 9),
    (MAP, 'c = Clip(x, "", ""); y = Relu(c)', {}, "relu", 17),
    (ROW, "y = Softmax(x)", {}, "softmax", 9),
    (MAP, "y = Softmax<axis=1>(x)", {}, "softmax", 13),
    (ROW, "y = LogSoftmax(x)", {}, "log_softmax", 17),
    (ROW, "y = Dropout(x)", {}, "dropout(0.5)", 9),
    (ROW, "y = Dropout(x, r)", {"r": scalar(0.25)}, "dropout(0.25)", 17),
    (MAP, "y = Mul(x, c)", {"c": scalar(0.1)}, "rescaling(0.1)", 17),
    (MAP, "m = Mul(x, c); y = Sub(m, d)", {"c": scalar(2), "d": scalar(1)}, "rescaling(2) -> rescaling(1, offset=-1)", 17),
    (MAP, "y = Sub(c, x)", {"c": scalar(1)}, "rescaling(-1, offset=1)", 17),
    (MAP, "y = Div(x, c)", {"c": scalar(255)}, "rescaling(0.00392156863)", 17),
    (MAP, "y = Neg(x)", {}, "rescaling(-1)", 17),
    (MAP, "r = Relu(x); y = Add(x, r)", {}, "add(in, relu)", 17),
    (MAP, "r = Relu(x); y = Sub(x, r)", {}, "subtract(in, relu)", 17),
    (MAP, "r = Relu(x); t = Tanh(x); y = Sum(x, r, t)", {}, "add(in, relu, tanh)", 17),
    (MAP, "r = Relu(x); t = Tanh(x); y = Max(r, t)", {}, "maximum(relu, tanh)", 17),
    (MAP, "r = Relu(x); t = Tanh(x); y = Mean(r, t)", {}, "average(relu, tanh)", 17),
    (WIDE, "m = ReduceMean<axes=[1]>(x); g = Neg(m); d = Sub(x, m); q = Mul(d, d); v = ReduceMean<axes=[1]>(q); e = Add(v, eps); r = Sqrt(e); i = Reciprocal(r); f = Mul(i, s); a = Mul(x, f); c = Mul(g, f); h = Add(c, b); y = Add(a, h)", {"eps": scalar(0.001), "s": (1, 8, 1, 1), "b": (1, 8, 1, 1)}, "layer_norm", 13),
    (("N", 4, 6, 4, 2), "m = ReduceMean<axes=[1,2,4]>(x); g = Neg(m); d = Sub(x, m); q = Mul(d, d); v = ReduceMean<axes=[1,2,4]>(q); e = Add(v, eps); r = Sqrt(e); i = Reciprocal(r); f = Mul(i, s); a = Mul(x, f); c = Mul(g, f); h = Add(c, b); y = Add(a, h)", {"eps": scalar(0.001), "s": (1, 1, 1, 4, 2), "b": (1, 1, 1, 4, 2)}, "reshape(48x4) -> permute((2, 1)) -> reshape(4x6x8) group_norm(4) reshape(4x6x4x2)", 13),
    (("N", 5, 4, 6), "f = Reshape(x, rows); m = MatMul(f, w); s = Shape<end=3>(x); t = Concat<axis=0>(s, n); y = Reshape(m, t)", {"rows": ints(-1, 6), "w": (6, 3), "n": ints(3)}, "reshape(24x5) -> permute((2, 1)) -> reshape(5x4x6) dense(3, bias=false)", 15),
    (("N", 5, 4, 6), "f = Reshape(x, rows); m = MatMul(f, w); s = Shape<end=3>(x); t = Concat<axis=0>(s, n); r = Reshape(m, t); y = Add(r, b)", {"rows": ints(-1, 6), "w": (6, 3), "n": ints(3), "b": (3,)}, "reshape(24x5) -> permute((2, 1)) -> reshape(5x4x6) dense(3)", 15),
    (MAP, "t = Transpose<perm=[1,0,2,3]>(x); f = Reshape(t, rows); m = MatMul(f, w); s = Shape(t); r = Reshape(m, s); y = Transpose<perm=[1,0,2,3]>(r)", {"rows": ints(3, -1, 1), "w": (3, 1, 1)}, "layer_scale", 15),
    (WIDE, "f = Reshape(x, rows); m = MatMul(f, w); r = Reshape(m, s); y = Relu(r)", {"rows": ints(-1, 192), "w": (192, 12), "s": ints(-1, 3, 2, 2)}, "flatten -> dense(12, bias=false) -> relu reshape(3x2x2)", 15),
    (("N", 4, 9), "u = Unsqueeze(x, a); c = Conv(u, w); z = Squeeze(c, a); y = Add(z, b)", {"a": ints(2), "w": (5, 4, 1, 3), "b": (1, 5, 1)}, "conv(5, 3)", 17),
    (MAP, 'y = Gelu<approximate="tanh">(x)', {}, "gelu_tanh", 20),
    (MAP, "p = Pow(x, three); m = Mul(p, c); a = Add(x, m); b = Mul(a, r); t = Tanh(b); u = Add(t, one); h = Mul(x, u); y = Mul(h, half)", {"three": scalar(3), "c": scalar(0.044715), "r": scalar(0.7978845608), "one": scalar(1), "half": scalar(0.5)}, "gelu_tanh", 17),
    (MAP, "y = Abs(x)", {}, "abs", 17),
    (MAP, "y = Pow(x, c)", {"c": scalar(2)}, "square", 17),
    (MAP, "y = Sqrt(x)", {}, "sqrt", 17),
    (MAP, "y = Div(c, x)", {"c": scalar(2)}, "reciprocal -> rescaling(2)", 17),
    (MAP, "r = Relu(x); y = Div(x, r)", {}, "multiply(in, relu -> reciprocal)", 17),
    (("N", 4, 5), "t = Transpose<perm=[0,2,1]>(x); y = MatMul(x, t)", {}, "dot(in, in, axes=(2, 2))", 17),
    (MAP, "s = Sub(x, m); y = Mul(s, v)", {"m": floats(0.5, 0.4, 0.3).reshape(3, 1, 1), "v": floats(4, 5, 2).reshape(3, 1, 1)}, "normalization(mean=(0.5, 0.4, 0.3), variance=(0.0625, 0.04, 0.25))", 17),
]  # fmt: skip

SHAPES: list[Case] = [
    (MAP, "i = Identity(x); c = Cast<to=1>(i); y = Relu(c)", {}, "relu", 17),
    (MAP, "f = Flatten(x); y = MatMul(f, w)", {"w": (192, 5)}, "flatten -> dense(5, bias=false)", 17),
    (MAP, "f = Reshape(x, s); y = MatMul(f, w)", {"s": ints(-1, 192), "w": (192, 5)}, "flatten -> dense(5, bias=false)", 17),
    (MAP, "f = Reshape(x, s); y = MatMul(f, w)", {"s": ints(0, -1), "w": (192, 5)}, "flatten -> dense(5, bias=false)", 17),
    (MAP, "s = Shape(x); n = Gather(s, i); u = Unsqueeze<axes=[0]>(n); c = Concat<axis=0>(u, r); f = Reshape(x, c); y = MatMul(f, w)", {"i": np.array(0), "r": ints(-1), "w": (192, 5)}, "flatten -> dense(5, bias=false)", 11),
    (MAP, "t = Transpose<perm=[0,2,3,1]>(x); r = Relu(t); y = Transpose<perm=[0,3,1,2]>(r)", {}, "relu", 17),
    (WIDE, "r = Reshape(x, s); t = Transpose<perm=[0,2,1,3,4]>(r); y = Reshape(t, u)", {"s": ints(-1, 2, 4, 4, 6), "u": ints(-1, 8, 4, 6)}, "channel_shuffle(2)", 17),
    (MAP, "r = Relu(x); y = Concat<axis=1>(x, r)", {}, "concat(in, relu)", 17),
    (MAP, "r = Relu(x); y = Concat<axis=-2>(x, r)", {}, "concat(in, relu, axis=1)", 17),
    (WIDE, "a, b = Split<axis=1>(x); y = Add(a, b)", {}, "add(slice(0, end=4), slice(4))", 11),
    (WIDE, "a, b = Split<axis=1>(x, s); r = Relu(a); y = Concat<axis=1>(r, b)", {"s": ints(2, 6)}, "concat(slice(0, end=2) -> relu, slice(2))", 13),
    (WIDE, "y = Slice<starts=[1], ends=[5], axes=[1]>(x)", {}, "slice(1, end=5)", 9),
    (WIDE, "y = Slice(x, s, e, a)", {"s": ints(1, 0), "e": ints(2**63 - 1, -1), "a": ints(2, 3)}, "crop(((1, 0), (0, 1)))", 17),
    (WIDE, "y = Gather<axis=1>(x, i)", {"i": ints(2, 3, 4)}, "slice(2, end=5)", 17),
    (WIDE, "g = Gather<axis=1>(x, i); y = Relu(g)", {"i": np.array(-1)}, "slice(7) -> relu reshape(4x6)", 17),
    (MAP, "y = Pad(x, p)", {"p": ints(0, 0, 1, 2, 0, 0, 1, 2)}, "pad(1x2)", 17),
    (MAP, "y = Pad<pads=[0,0,1,0,0,0,1,0]>(x)", {}, "pad(1x0)", 9),
    (MAP, 'y = Pad(x, p, "", a)', {"p": ints(1, 2), "a": ints(3)}, "pad(((0, 0), 1x2))", 18),
    (MAP, 'y = Pad<mode="reflect">(x, p)', {"p": ints(0, 0, 1, 2, 0, 0, 1, 2)}, "pad(1x2, mode=reflect)", 17),
    (MAP, 'y = Pad<mode="edge">(x, p)', {"p": ints(0, 0, 1, 1, 0, 0, 1, 1)}, "pad(1, mode=edge)", 17),
    (MAP, "y = Resize(x, , s)", {"s": floats(1, 1, 2, 2)}, "upsample(2)", 13),
    (MAP, 's = Shape<end=2>(x); t = Concat<axis=0>(s, n); y = Resize<mode="linear">(x, , , t)', {"n": ints(12, 12)}, "resize(12, 12)", 15),
    (MAP, 'y = Resize<mode="nearest">(x, s)', {"s": floats(1, 1, 2, 2)}, "upsample(2)", 10),
    (MAP, 'y = Resize<mode="linear", axes=[2,3], coordinate_transformation_mode="pytorch_half_pixel">(x, , s)', {"s": floats(2, 2)}, "upsample(2, interpolation=bilinear)", 18),
    (MAP, "u = Unsqueeze(x, a); t = Tile(u, r); y = Reshape(t, s)", {"a": ints(3), "r": ints(1, 1, 1, 2, 1), "s": ints(-1, 3, 16, 8)}, "upsample(2x1)", 13),
    (MAP, "u = Unsqueeze(x, a); t = Tile(u, r); m = Reshape(t, s); y = Relu(m)", {"a": ints(3), "r": ints(1, 1, 1, 2, 1), "s": ints(-1, 3, 8, 16)}, "upsample(2x1) -> relu reshape(8x16x3)", 13),
    (MAP, "u = Unsqueeze(x, a); t = Tile(u, r); m = Reshape(t, s); v = Unsqueeze(m, b); z = Tile(v, q); y = Reshape(z, w)", {"a": ints(3), "r": ints(1, 1, 1, 2, 1), "s": ints(-1, 3, 16, 8), "b": ints(4), "q": ints(1, 1, 1, 1, 3), "w": ints(-1, 3, 16, 24)}, "upsample(2x3)", 13),
    (MAP, 'y = Resize<mode="linear", coordinate_transformation_mode="align_corners">(x, , s)', {"s": floats(1, 1, 2, 2)}, "resize(16, 16, align_corners=true)", 13),
    (MAP, "y = Upsample(x, s)", {"s": floats(1, 1, 2, 3)}, "upsample(2x3)", 9),
    (MAP, "r = ReduceMean<axes=[1]>(x); y = Mul(x, r)", {}, "multiply(in, reduce_mean(-1, keepdims=true))", 13),
    (MAP, "r = ReduceSum<keepdims=0>(x, a); y = Relu(r)", {"a": ints(2)}, "reduce_sum(1) -> relu", 13),
    (WIDE, 'd = DepthToSpace<blocksize=2, mode="CRD">(x); y = Relu(d)', {}, "pixel_shuffle -> relu", 13),
    (WIDE, "d = DepthToSpace<blocksize=2>(x); y = Relu(d)", {}, "depth_to_space -> relu", 13),
    (WIDE, "d = SpaceToDepth<blocksize=2>(x); y = Relu(d)", {}, "space_to_depth -> relu", 13),
    (MAP, "p = GlobalAveragePool(x); s = Shape(x); e = Expand(p, s); y = Mul(x, e)", {}, "multiply(in, gap(keepdims=true))", 13),
    (MAP, "y = ReduceMean<axes=[2,3]>(x)", {}, "gap(keepdims=true)", 13),
    (MAP, "y = ReduceMean<keepdims=0>(x, a)", {"a": ints(-1, -2)}, "gap", 18),
    (MAP, "y = ReduceMax<axes=[2,3], keepdims=0>(x)", {}, "gmp", 13),
    (MAP, "s = Shape(x); e = Expand(x, s); y = Relu(e)", {}, "relu", 17),
    (MAP, "s = Shape<end=1>(x); n = Squeeze(s); r = Range(zero, n, one); m = Mul(r, c); u = Unsqueeze(m, a); i = Add(u, p); f = Reshape(x, all); g = Gather(f, i); y = Relu(g)", {"zero": np.array(0), "one": np.array(1), "c": np.array(192), "a": ints(1, 2, 3), "p": ints(*range(192)).reshape(1, 3, 8, 8), "all": ints(-1)}, "relu", 17),
]  # fmt: skip
CASES = [*WINDOWS, *VALUES, *SHAPES]
