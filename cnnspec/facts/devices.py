"""What devices can do at most: multiply-add arithmetic a second by number format, and bytes a second from memory.

Peaks without structured sparsity, at the boost clock, as the makers state them, each with the arithmetic that it is of:
what frameworks compute a format with there unless told otherwise. cuDNN computes float32 convolutions as TF32 on GPUs
with tensor cores for it; sums of 16-bit products are float32 everywhere.
"""

from __future__ import annotations

import re

from cnnspec.base.did_you_mean import write_suggestion
from cnnspec.base.record import Record

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping

TERA, GIGA = 10**12, 10**9
ANY = ""  # the dtype of a peak that is given for whichever is asked for


class Peak(Record):
    """FLOP/s (operations a second for int8), and the arithmetic that reaches them."""

    flops: float
    arithmetic: str


class Device(Record):
    """`peaks` by dtype; `bandwidth`: bytes a second of its memory."""

    name: str
    peaks: dict[str, Peak]
    bandwidth: float

    def peak(self, dtype: str) -> Peak | None:
        """The peak in a number format; None where none is known."""
        return self.peaks.get(dtype) or self.peaks.get(ANY)


def _device(name: str, bandwidth: float, **peaks: tuple[float, str]) -> Device:
    """A device from GB/s and TFLOP/s."""
    return Device(name, {t: Peak(peak * TERA, how) for t, (peak, how) in peaks.items()}, bandwidth * GIGA)


FP64, FP32, FP16 = "float64", "float32", "float16"
TENSOR64, TF32 = "float64 tensor cores", "TF32 tensor cores"
TENSOR16, BRAIN16, TENSOR8 = "float16 tensor cores", "bfloat16 tensor cores", "int8 tensor cores"
HOPPER = {
    "float64": (67, TENSOR64), "float32": (494.5, TF32), "float16": (989.5, TENSOR16), "bfloat16": (989.5, BRAIN16),
    "int8": (1979, TENSOR8),
}  # fmt: skip

DEVICES = {
    # NVIDIA P100 datasheet, SXM2: 5.3 double, 10.6 single, 21.2 half precision; 732 GB/s
    "p100": _device("NVIDIA P100 SXM2", 732, float64=(5.3, FP64), float32=(10.6, FP32), float16=(21.2, FP16)),
    # NVIDIA V100 datasheet, SXM2: 7.8 double, 15.7 single, 125 tensor; 900 GB/s
    "v100": _device("NVIDIA V100 SXM2", 900, float64=(7.8, FP64), float32=(15.7, FP32), float16=(125, TENSOR16)),
    # NVIDIA T4: Turing architecture whitepaper, 8.1 single, 65 tensor, 130 int8; 320 GB/s
    "t4": _device("NVIDIA T4", 320, float32=(8.1, FP32), float16=(65, TENSOR16), int8=(130, TENSOR8)),
    # NVIDIA A100 datasheet, 80 GB SXM: 19.5 FP64 tensor, 156 TF32 (19.5 float32), 312 tensor, 624 int8; 2,039 GB/s
    "a100": _device(
        "NVIDIA A100 80GB SXM", 2039, float64=(19.5, TENSOR64), float32=(156, TF32), float16=(312, TENSOR16),
        bfloat16=(312, BRAIN16), int8=(624, TENSOR8),
    ),
    # NVIDIA H100 datasheet, SXM: 67 FP64 tensor; 989 TF32, 1,979 tensor, 3,958 int8 with sparsity, half of it without
    # (67 float32); 3.35 TB/s
    "h100": _device("NVIDIA H100 SXM", 3350, **HOPPER),
    # NVIDIA H200 datasheet, SXM: arithmetic as the H100; 4.8 TB/s
    "h200": _device("NVIDIA H200 SXM", 4800, **HOPPER),
    # NVIDIA Ada GPU architecture whitepaper: 82.6 TF32, as float32; 165.2 float16 and bfloat16 tensor with float32 sums
    # (330.3 with float16 sums), 660.6 int8; 1,008 GB/s
    "rtx4090": _device(
        "NVIDIA RTX 4090", 1008, float32=(82.6, TF32), float16=(165.2, TENSOR16), bfloat16=(165.2, BRAIN16),
        int8=(660.6, TENSOR8),
    ),
    # Apple, M1 press release 2020: 2.6 TFLOP/s; LPDDR4X-4266 on 128 bits: 68.25 GB/s
    "m1": _device("Apple M1, GPU", 68.25, float32=(2.6, FP32)),
    # Intel ARK, Core i7-1165G7: 4 cores, 4.7 GHz, AVX-512 (32 FLOP a cycle, with VNNI 128 int8), LPDDR4x-4267 on 128 bits
    "laptop": _device(
        "a laptop CPU, Intel Core i7-1165G7", 68.27, float32=(0.6016, "float32 with AVX-512"),
        int8=(2.4064, "int8 with AVX-512 VNNI"),
    ),
}  # fmt: skip


def find_device(name: str, own: Mapping[str, str] | None = None) -> Device:
    """A device by its name in any spelling, one of the user's `own` or a known one; or by its figures (`read_figures`).

    ValueError for another name, with those that there are, and for figures that cannot be.
    """
    if re.search("[,:/]", name):
        label, colon, figures = name.rpartition(":")
        return read_figures(figures, label.strip() if colon else "")
    mine = {folded(key): read_figures(figures, key) for key, figures in (own or {}).items()}
    found = mine.get(folded(name)) or DEVICES.get(folded(name))
    if found is None:
        known = [*(own or {}), *DEVICES]
        raise ValueError(
            f'no device is called "{name}"{write_suggestion(name.lower(), known)}; known are {", ".join(known)}; '
            f"or give its peak and bandwidth, {EXAMPLE}"
        )
    return found


def folded(name: str) -> str:
    return "".join([c for c in name.lower() if c.isalnum()])


# ---- figures that a user gives -----------------------------------------------------------------------------
EXAMPLE = "10TFLOP/s,200GB/s"
PREFIXES = {"": 1, "k": 10**3, "m": 10**6, "g": 10**9, "t": 10**12, "p": 10**15}
MOST = 10**24  # FLOP/s, or bytes a second
BITS = re.compile("[KMGTP]b")  # which a bandwidth of memory is not told in
FIGURE = re.compile(r"(\d+(?:\.\d*)?(?:e[+-]?\d+)?)\s*(?:([kmgtp]?)(flops?|flop/s|b/s|bps|b))?")


def read_figures(text: str, name: str = "") -> Device:
    """A device from its peak and its bandwidth, for any dtype: 10TFLOP/s,200GB/s, or 10,200 in these units. ValueError."""
    found: dict[str, float] = {}
    parts = text.split(",")
    for part, unit in zip(parts, ("tflop/s", "gb/s"), strict=False):
        match = FIGURE.fullmatch(part.strip().lower())
        if match is None or len(parts) != 2 or BITS.search(part):
            break
        number, prefix, kind = match.groups()
        if kind is None:
            prefix, kind = unit[0], unit[1:]
        found["bytes" if kind.startswith("b") else "flops"] = float(number) * PREFIXES[prefix]
    if len(found) != 2:
        raise ValueError(f'a device is a peak and a bandwidth, such as {EXAMPLE}, not "{text}"')
    if not all([1 <= value <= MOST for value in found.values()]):
        raise ValueError(f'a device\'s peak and bandwidth must be from 1 to 10^24 a second, not "{text}"')
    return Device(
        name or "the device given", {ANY: Peak(found["flops"], "as given, whatever the dtype")}, found["bytes"]
    )
