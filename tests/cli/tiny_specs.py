"""Tiny specs with large numbers: name → (text, what `check` says among others; "" for nothing in particular)."""

from __future__ import annotations

BIG, HUGE = 999_999_999, 999_999_999_999_999_999
COUNT = "a tensor has at most 9,223,372,036,854,775,807"
STEPS = "this runs more than 100,000 steps that make no layer"


def chain(*steps: str) -> str:
    return "\n".join(steps)


def calls(body: str) -> str:
    return chain("block b0() { }", *[f"block b{i}() {{ {body.replace('b', f'b{i - 1}')} }}" for i in range(1, 40)])


SPECS: dict[str, tuple[str, str]] = {
    # ---- tensors that nothing can count
    "channels": (f"input 1x1x{HUGE}\nconv(9, {BIG}, padding=same)", COUNT),
    "channels of a conv": (f"input 1x1x{HUGE}\nconv({HUGE}, 1)", COUNT),
    "channels of a dense layer": (f"input {HUGE}\ndense({HUGE})", COUNT),
    "an input": (f"input {BIG}x{BIG}x{BIG}x1\nconv(4, 3)", COUNT),
    "padding of a conv": (f"input 28x28x3\nconv(4, 3, dilation={BIG}, padding={BIG})", COUNT),
    "a pad": (f"input 28x28x3\npad({HUGE})", COUNT),
    "an upsampled map": (f"input 28x28x30\nupsample({BIG})", COUNT),
    "a resized map": (f"input 28x28x30\nresize({BIG}, {BIG})", COUNT),
    "an embedding": (f"input 100\nembedding({HUGE}, {HUGE})", COUNT),
    "a depthwise conv": (f"input {BIG}x{BIG}x1\ndepthwise_conv(3, multiplier={BIG})", COUNT),
    "a repeated vector": (f"input {BIG}\nrepeat({HUGE})", COUNT),
    "digits": (f"input 28x28x{'9' * 5000}\nrelu", "digits"),
    # ---- long axes, wide windows, long strides
    "padding and dilation": (f"input 28x1\nconv(4, 3, dilation={BIG}, padding={BIG})", "W203"),
    "same padding": (f"input 28x28x1\nconv(1, {BIG}, padding=same)", "W203"),
    "same padding of a pool": (f"input 28x28x3\nmaxpool({BIG}, stride=1, padding=same)", ""),
    "same padding of a dilated conv": (f"input 28x28x3\nconv(4, 3, dilation={BIG}, padding=same)", "W203"),
    "causal padding": (f"input 28x3\nconv(4, 3, dilation={BIG}, padding=causal)", "W203"),
    "taps in padding": (f"input 4x4x1\nconv(4, {BIG}, padding={BIG // 2})", "W203"),
    "a long stride": (f"input 100x100x1\nconv(4, 1, stride={BIG})", ""),
    "a long transposed stride": ("input 28x28x3\nconv_transpose(4, 3, stride=9999999)", "R307"),
    "two of them": ("input 28x28x3\nconv_transpose(4, 3, stride=99999) * 2", "R307"),
    "a wide transposed kernel": ("input 28x3\nconv_transpose(4, 999999, stride=99999)", "R307"),
    "a comb": ("input 1000000000000x1\nconv(4, 1, stride=2)\nconv(4, 3, stride=2)", ""),
    "a comb of combs": ("input 16777216x1\nconv(4, 1, stride=2)\nconv(4, 1, stride=3)\nconv(4, 2, stride=5)", "W202"),
    "primes": (chain("input 100003x1", *[f"conv(4, 1, stride={s})" for s in (5, 7, 11, 13)]), "W202"),
    "primes behind padding": (f"input 100003x1\nconv(4, 3, stride=5, padding={BIG})\nconv(4, 3, stride=7)", "W202"),
    "long primes": ("input 99999999x1\nconv(4, 2, stride=9973)\nconv(4, 3, stride=9967)", "W202"),
    "a long signal": ("input 16000001x1\nconv(4, 4, stride=4) * 2\nmaxpool(3, stride=3)", "W201"),
    "dilations": (chain("input 9999999x3", *[f"conv(4, 7, dilation={10**d})" for d in range(1, 6)]), "R303"),
    "dilations on a map": (chain("input 3000x3000x3", *[f"conv(4, 3, dilation={2**d})" for d in range(1, 9)]), "R303"),
    "wide kernels": (f"input {BIG}x1\nconv(1, {BIG // 2}, padding=same) * 2\nconv(4, 3, stride=2)", ""),
    "a wide pool": (f"input {BIG}x{BIG}x1\nmaxpool({BIG - 1})", ""),
    "pools": ("input 999999x999999x1\nmaxpool(2, stride=3)\navgpool(2, stride=3)\nmaxpool(2, stride=7)", "W202"),
    "long shortcuts": (
        chain(
            "input 999999x3",
            *[f"add(conv(4, 3, stride={s}, padding=1), conv(4, 1, stride={s}))" for s in (2, 3, 5)],
        ),
        "",
    ),
    "a pad and a crop": (f"input 28x3\npad({BIG})\nconv(4, 3)\ncrop({BIG})", ""),
    "upsampled by a prime": ("input 28x3\nupsample(4093)\nconv(4, 4099, stride=4091)\nupsample(2)\nconv(4, 3)", ""),
    "resized": ("input 28x28x3\nresize(4093, 4091)\nconv(4, 3)", ""),
    "groups": (f"input 28x28x{BIG}\nconv({BIG}, 3, groups={BIG})", ""),
    "groups that do not go up": (f"input 28x28x{BIG - 1}\nconv({BIG}, 3, groups={BIG - 2})", "E103"),
    "three axes": ("input 4000x4000x4000x1\nconv(4, 1, stride=2)\nconv(4, 3, stride=3)\nmaxpool(3, stride=2)", "W202"),
    "words": (f"input {BIG}\nembedding(10, 8)\nconv(4, 3)\ngap\ndense(2)", ""),
    "a size that is unknown": (f"input HxWx3\nconv(4, {BIG}, padding=same)\nconv(4, 3, stride={BIG})", ""),
    "promises": (
        f"input {BIG}x3\nconv(4, 2, stride=3)\nexpect lossless, receptive_field <= 99, coverage > 0.1",
        "E021",
    ),
}
LOOPS: dict[str, tuple[str, str]] = {  # loops and repeats of nothing
    "repeats of nothing": ("input 8x8x3\n((((in * 1000) * 1000) * 1000) * 1000) * 1000\nrelu", ""),
    "repeats of an empty block": ("block f() { }\ninput 8x8x3\n((f * 1000) * 1000) * 1000\nrelu", ""),
    "repeats of a block of repeats": ("block g() { }\nblock f() { g() * 1000 }\ninput 8x8x3\nf() * 1000\nrelu", ""),
    "a repeat of a loop": ("input 8x8x3\n{ for i in 0..999 { } } * 1000\nrelu", ""),
    "an empty loop": ("input 8x8x3\nfor i in 0..999998 { }\nrelu", ""),
    "a loop of nothing": ("input 8x8x3\nfor i in 0..99998 { in }\nrelu", ""),
    "loops of loops": ("input 8x8x3\nfor i in 0..999 { for j in 0..999 { for k in 0..999 { } } }\nrelu", ""),
    "a loop that names nothing new": ("input 8x8x3\nfor i in 0..99998 { in as x }\nrelu", ""),
    "a loop over a list": ("input 8x8x3\nx = [1] * 900000\nfor i in x { }\nrelu", ""),
    "a loop that counts": ("input 8x8x3\nfor i in 0..999998 { x = i * 2 }\nrelu", STEPS),
    "a loop that chooses": ("input 8x8x3\nfor i in 0..20000 { if i == 7 { relu } }", ""),
    "a shared function of nothing": ("input 8x8x3\nshared f = in\nf * 1000000\nrelu", ""),
    "blocks that double": (chain(calls("b() -> b()"), "input 8x8x3", "b39()", "relu"), STEPS),
    "constants that double": (
        chain("input 8x8x3", "x0 = in -> in", *[f"x{i} = x{i - 1} -> x{i - 1}" for i in range(1, 40)], "x39", "relu"),
        STEPS,
    ),
}
