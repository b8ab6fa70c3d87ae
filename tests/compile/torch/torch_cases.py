"""Cases of PyTorch source: specs that have one construct each, and what PyTorch cannot run."""

from __future__ import annotations

# What a network has that its printed module must keep, by name.
CONSTRUCTS = {
    "two inputs and two outputs": "input a 8x8x3\ninput b 8x8x3\na -> conv(4, 3x3) as x\nb -> conv(4, 3x3) as y\nadd(x, y) as z\noutput x, z",
    "shared layers": "model M {\n shared f = conv(3, 3x3, padding=same) -> bn\n input 8x8x3\n f -> relu -> f\n}",
    "a shared block": (
        "block b(n) { conv(n, 1x1) -> bn -> relu }\nmodel M {\n shared f = b(4) -> conv(3, 3x3)\n input x 8x8x3\n input y 8x8x3\n"
        " concat(x -> f, y -> f)\n}"
    ),
    "a repeat": "input 8x8x4\n(conv(4, 3x3, padding=same) -> bn -> relu) * 3 -> gap -> dense(2)",
    "a repeat of a merge": "input 8x8x4\nadd(in, conv(4, 3x3, padding=same)) * 3",
    "a loop that is read inside": "input 8x8x4\nfor i in 0..2 {\n conv(4 + i, 3x3) as x\n relu\n concat(in, x)\n}",
    "a loop of long turns": "input 16x16x4\nfor i in 0..2 {\n conv(4 + i, 3x3, padding=1) -> bn -> relu\n conv(6, 1x1) -> bn -> relu\n}",
    "a loop in a loop": (
        "input 16x16x4\nfor i in 0..1 {\n for j in 0..1 {\n conv(4 + i, 3x3, padding=1) -> bn -> relu\n add(in, relu)\n }\n maxpool(2)\n conv(8, 1x1) -> relu\n bn\n}"
    ),
    "a loop in a block called as its turns": "block stage(n) {\n for i in 0..1 {\n add(in, conv(n, 1x1))\n }\n}\ninput 8x8x4\nfor i in 0..1 {\n add(in, stage(4))\n}",
    "a shared block, repeated": "block b(n) { conv(n, 1x1) -> bn }\nmodel M {\n shared f = b(4)\n input 8x8x4\n f * 3\n for i in 0..1 {\n f -> relu\n }\n}",
    "blocks in blocks": "block a(n) { conv(n, 1x1) -> bn }\nblock b(n) { a(n) -> relu -> a(2 * n) }\ninput 8x8x3\nb(4) -> b(8) -> b(3)",
    "a block with two tensors": "block up(n, skip) { conv_transpose(n, 2x2, stride=2) -> concat(in, skip) -> conv(n, 3x3) }\ninput 8x8x3\nconv(4, 1x1) as s\nmaxpool -> up(6, s)",
    "a block named as a method": "block half(n) { conv(n, 1x1) -> relu }\ninput 8x8x4\nhalf(2) -> half(1)",
    "a block named as torch": "block torch(n) { conv(n, 1x1) -> bn }\nblock nn(n) { torch(n) -> relu -> torch(n) }\ninput 8x8x4\nnn(2)",
    "names that Python keeps": "input 8x8x4\nconv(4, 1x1) as class\nconv(4, 1x1) as forward\nrelu as self\nconv(4, 1x1) as training",
    "a flattened map": "input 4x6x3\nconv(5, 2x2) -> flatten -> relu -> bn -> dropout(0.5) -> dense(4) -> dense(2)",
    "a flattened map at the end": "input 4x6x3\nconv(5, 2x2) -> flatten",
    "a flattened map that is read twice": "input 4x6x3\nflatten as f\ndense(3) as d\nconcat(f, d)",
    "a flattened map for two heads": "input 4x6x3\nflatten as f\ndense(3) as d\nf -> dense(4) as e\noutput d, e",
    "a flattened map for a shared layer": "model M {\n shared d = dense(72)\n input 4x6x3\n flatten -> d -> d\n}",
    "a generator": "input 10\ndense(4*4*8) -> reshape(4x4x8) -> conv_transpose(4, 3x3, stride=2, padding=same)",
    "a gate": "input 8x8x4\nmultiply(in, gap -> dense(4, sigmoid))",
    "a gate that is reshaped": "input 8x8x4\nmultiply(in, gap -> reshape(1x1x4) -> conv(4, 1x1, activation=sigmoid))",
    "a subtraction of sums": "input 8x8x4\nsubtract(in, add(in, relu))",
    "merges of three": "input 8x8x4\nmaximum(in, relu, tanh) -> multiply(in, in -> relu, in -> tanh) -> average(in, relu, sigmoid)",
    "padding that depends on the size": "input ?x?x3\nconv(4, 3x3, stride=2, padding=same) -> maxpool(3x3, stride=2, padding=same)",
    "uneven padding": "input 9x8x3\nconv(4, 2x3, padding=same) -> conv(4, 3x3, stride=2, padding=same) -> maxpool(2x2, stride=1, padding=same)",
    "means that leave the padding out": "input 9x8x3\navgpool(2x2, stride=1, padding=same) -> avgpool(3x3, stride=2, padding=same)",
    "means in an open map": "input ?x?x3\navgpool(3x3, stride=2, padding=same)",
    "transposed windows": (
        "input 7x6x3\nconv_transpose(4, 3x3, stride=2, padding=same) -> conv_transpose(4, 4x4, stride=2, padding=same)"
        " -> conv_transpose(4, 2x5, stride=3) -> conv_transpose(3, 3x3, stride=2, padding=((0, 1), (2, 1)))"
    ),
    "transposed windows with output padding": (
        "input 5x5x3\nconv_transpose(4, 3x3, stride=2, padding=same, output_padding=1) -> conv_transpose(2, 1x1, stride=3)"
        " -> conv_transpose(2, 3x3, stride=2, padding=1, output_padding=1)"
    ),
    "a dense layer on maps": "input 5x4\ndense(3) -> reshape(5x1x3) -> dense(2) -> reshape(1x5x1x2) -> dense(4) -> reshape(5x1x2x1x2) -> dense(3)",
    "normalisations over other axes": "input 6x5x4\nlayer_norm(axis=(1, 2, 3)) -> layer_norm(axis=2) -> layer_norm(axis=(1, 3)) -> bn(axis=1) -> group_norm(3, axis=1)",
    "normalisations without a part": "input 6x5x4\nbn(scale=false, center=false) -> layer_norm(scale=false) -> group_norm(2, center=false) -> layer_norm(scale=false, center=false) -> group_norm(2, scale=false, center=false)",
    "frozen layers": "input 6x5x4\nconv(3, 3x3, trainable=false) -> bn(trainable=false) -> conv(2, 1x1)",
    "axes in another order": "input 6x5x4x3\npermute((3, 1, 4, 2)) -> permute((2, 1, 3, 4))",
    "shortcuts of both kinds": (
        "block r(n, s=1) {\n add(conv(n, 3x3, stride=s, padding=1) -> bn -> relu -> conv(n, 3x3, padding=1), in if in.channels == n"
        " and s == 1 else conv(n, 1x1, stride=s) -> bn) -> relu\n}\ninput 8x8x4\nr(4) -> r(8) -> r(8) -> r(8, 2) -> r(8) -> r(16, 2)"
    ),
    "a residual at the end": (
        "block f(n, s) { conv(n, 3x3, stride=s, padding=1) -> relu }\nblock r(n, s=1) {\n add(f(n, s) -> dropout(0.1), in) if in.channels == n"
        " and s == 1 else f(n, s)\n}\ninput 8x8x4\nr(4) -> r(8) -> r(8) -> r(8, 2) -> r(16)"
    ),
    "a residual whose weights some calls lack": (
        "block f(n) { conv(n, 3x3, padding=same) -> bn }\nblock r(n, more) {\n conv(n, 1x1) as y\n add(y -> f(n), y) if more else y\n relu\n}\n"
        "input 8x8x4\nr(4, true) -> r(6, false) -> r(3, true) -> r(7, true)"
    ),
    "a block that nests deeper elsewhere": (
        "block a(n) { conv(n, 1x1) -> bn }\nblock y(n, deep) {\n conv(n, 1x1)\n a(n) if deep else relu\n}\nblock x(n) { y(n, false) -> y(n, true) }\n"
        "block z(n) {\n y(n, false)\n conv(n, 1x1)\n}\ninput 8x8x4\nz(3) -> x(2) -> z(2)"
    ),
    "a block of one layer and one of none": "block a(n) { conv(n, 1x1) }\nblock b(n) { relu }\nblock c(n) { a(n) -> b(n) }\ninput 8x8x4\nc(3) -> c(2)",
    "words": "input 12\nembedding(50, 8) -> conv(6, 3, padding=causal, dilation=2) -> gmp -> dense(3)",
    "an image of words": "input 4x5\nembedding(9, 3) -> reshape(4x5x3)",
    "volumes": "input 7x8x9x2\nconv(4, 3, stride=2, padding=same) -> maxpool(2) -> bn -> spatial_dropout(0.1) -> gap",
    "a vector shuffled": "input 12\nchannel_shuffle(3) -> slice(-7, -1)",
    "cuts of ends": "input 9x9x3\ncrop(((0, 2), (1, 0))) -> slice(1)",
    "a name that is no identifier": "model My_Net2 {\n input 4x4x1\n conv(2, 1x1) as out\n}",
    "slopes of each value": "input 4x6x3\nprelu -> prelu(shared_axes=(1, 2)) -> prelu(shared_axes=(1, 2, 3)) -> prelu(shared_axes=2)",
    "a softmax over positions": "input 4x6x3\nsoftmax(axis=(1, 2)) -> softmax(axis=2)",
    "broadcast noise": "input 4x6x3\ndropout(0.3, noise_shape=1x1x3) -> dropout(0.3, noise_shape=4x1x1) -> dropout(0.3, noise_shape=1x1x1)",
    "a rescaled image": "input 4x6x3\nrescaling(2, offset=-1) -> rescaling([1, 2, 3], offset=[3, 2, 1]) -> rescaling(-0.5)",
    "undone figures": "input 4x6x3\nnormalization(mean=[1, 2, 3], variance=[4, 5, 6]) -> normalization(mean=[1, 2, 3], variance=[4, 5, 6], invert=true)",
    "cropped to the ratio": "input 9x12x3\nresize(4, 8, crop_to_aspect_ratio=true) -> resize(8, 8, pad_to_aspect_ratio=true)",
    "a dot product of maps": "input 5x4\ndot(in, conv(4, 1), axes=(2, 2)) -> dot(in, conv(3, 1), axes=1)",
}  # fmt: skip

# Specs that PyTorch cannot run, and the sentence.
REFUSED = {
    "input 8x8x3\nupsample(2, interpolation=bicubic) as big": "big (net.cnn:2:1) interpolates by another cubic curve than PyTorch does",
    "input 8x8x3\nresize(4, 4, interpolation=lanczos3)": "resize1 (net.cnn:2:1) interpolates by lanczos3, which PyTorch does not have",
    "input 8x8x3\nconv(2, 1x1) -> bn(renorm=true)": "bn1 (net.cnn:2:17) renormalises its batches, which PyTorch's layer does not",
    "input 8\nembedding(5, 2, mask_zero=true)": "embedding1 (net.cnn:2:1) masks its zeros, and PyTorch's layers take no mask",
    "input 8x8x4\nalpha_dropout(0.1, noise_shape=8x1x1)": (
        "alpha_dropout1 (net.cnn:2:1) drops values together along other axes than the spatial ones, which PyTorch's alpha dropout cannot"
    ),
}  # fmt: skip
