"""Libraries of blocks as data: what their blocks are called with, and the same calls as a network would write them."""

from __future__ import annotations

from cnnspec.base.record import Record

LIBRARY = """width = 16

# as in ResNet
block cbr(filters, kernel=3x3, stride=1, act=relu) {
  conv(filters, kernel, stride, padding=same, bias=false) -> bn -> act
}
block residual(filters=8) { add(in, cbr(filters) -> conv(filters, 3x3, padding=same)) -> relu }
block up(filters, skip) {
  conv_transpose(filters, 2x2, stride=2) -> concat(in, skip) -> cbr(filters)
}
block stage(filters, n=2) { cbr(filters, stride=2) -> residual(filters) * n }
block gate(ratio=4) {
  c = in.channels
  multiply(in, gap -> dense(c // ratio, relu) -> dense(c, sigmoid) -> reshape(1x1x8))
}
block head { conv(width, 3x3) -> maxpool(2x2) -> flatten -> dense(10) }
block nothing { }
block two { relu as a
  maxpool(2x2) as b
  add(a -> conv(4, 1x1, stride=2), b -> conv(4, 1x1)) }
"""
FLAT = "block mlp(units=[32, 16]) { for n in units { dense(n, relu) } }\nblock relu_only { relu }\n"
ANY = "block even(f, kernel=3) { conv(f, kernel, padding=same) -> bn }\nblock half(f=4) { even(f) -> maxpool(2) }\n"


class Case(Record):
    """A library, the options, and for each block the lines that make the same network."""

    library: str
    options: tuple[str, ...]
    networks: dict[str, str]


CASES = {
    "2-D": Case(
        LIBRARY, ("--input", "12x12x8", "--input", "skip=24x24x3", "--set", "filters=8"),
        {
            "cbr": "input 12x12x8\ncbr(8)",
            "residual": "input 12x12x8\nresidual(8)",
            "up": "input x 12x12x8\ninput skip 24x24x3\nx -> up(8, skip)",
            "stage": "input 12x12x8\nstage(8)",
            "gate": "input 12x12x8\ngate",
            "head": "input 12x12x8\nhead",
            "nothing": "input 12x12x8\nnothing",
            "two": "input 12x12x8\ntwo",
        },
    ),
    "set": Case(
        LIBRARY, ("--input", "12x12x8", "--block", "cbr", "--set", "filters=6", "--set", "kernel=5x5", "--set", "act=relu6"),
        {"cbr": "input 12x12x8\ncbr(6, 5x5, act=relu6)"},
    ),
    "function": Case(
        LIBRARY, ("--input", "12x12x8", "--block", "cbr", "--set", "filters=6", "--set", "act=dropout(0.5) -> gelu"),
        {"cbr": "input 12x12x8\ncbr(6, act=dropout(0.5) -> gelu)"},
    ),
    "sequence": Case(ANY, ("--input", "100x8", "--set", "f=5"), {"even": "input 100x8\neven(5)", "half": "input 100x8\nhalf(5)"}),
    "volume": Case(ANY, ("--input", "8x8x8x2", "--set", "f=5"), {"even": "input 8x8x8x2\neven(5)", "half": "input 8x8x8x2\nhalf(5)"}),
    "vector": Case(FLAT, ("--input", "64"), {"mlp": "input 64\nmlp", "relu_only": "input 64\nrelu"}),
    "any size": Case(ANY, ("--input", "HxWx3", "--set", "f=5"), {"even": "input HxWx3\neven(5)", "half": "input HxWx3\nhalf(5)"}),
}  # fmt: skip
