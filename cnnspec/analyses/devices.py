"""What devices can do at most: multiply-add arithmetic a second by number format, and bytes a second from memory.

Peaks without structured sparsity, at the boost clock, as the makers state them. float32 on GPUs with tensor cores for
it is TF32, which cuDNN uses for float32 convolutions unless told otherwise.
"""

from __future__ import annotations

from cnnspec.record import Record

TERA, GIGA = 10**12, 10**9


class Device(Record):
    """`peaks`: FLOP/s (operations a second for int8) by dtype; `bandwidth`: bytes a second of its memory."""

    name: str
    peaks: dict[str, float]
    bandwidth: float


def _device(name: str, bandwidth: float, **peaks: float) -> Device:
    """A device from GB/s and TFLOP/s."""
    return Device(name, {dtype: peak * TERA for dtype, peak in peaks.items()}, bandwidth * GIGA)


DEVICES = {
    # NVIDIA P100 datasheet, SXM2: 10.6 single, 21.2 half precision; 732 GB/s
    "p100": _device("NVIDIA P100 SXM2", 732, float64=5.3, float32=10.6, float16=21.2),
    # NVIDIA V100 datasheet, SXM2: 15.7 single, 125 tensor; 900 GB/s
    "v100": _device("NVIDIA V100 SXM2", 900, float64=7.8, float32=15.7, float16=125),
    # NVIDIA T4: Turing architecture whitepaper, 8.1 single, 65 tensor, 130 int8; 320 GB/s
    "t4": _device("NVIDIA T4", 320, float32=8.1, float16=65, int8=130),
    # NVIDIA A100 datasheet, 80 GB SXM: 156 TF32, 312 tensor, 624 int8; 2,039 GB/s
    "a100": _device("NVIDIA A100 80GB SXM", 2039, float64=19.5, float32=156, float16=312, bfloat16=312, int8=624),
    # NVIDIA H100 datasheet, SXM: 989 TF32, 1,979 tensor, 3,958 int8 with sparsity, half of it without; 3.35 TB/s
    "h100": _device("NVIDIA H100 SXM", 3350, float64=67, float32=494.5, float16=989.5, bfloat16=989.5, int8=1979),
    # NVIDIA H200 datasheet, SXM: arithmetic as the H100; 4.8 TB/s
    "h200": _device("NVIDIA H200 SXM", 4800, float64=67, float32=494.5, float16=989.5, bfloat16=989.5, int8=1979),
    # NVIDIA Ada GPU architecture whitepaper: 82.6 TF32 and float32, 330.3 float16 and 165.2 bfloat16 tensor, 660.6 int8; 1,008 GB/s
    "rtx4090": _device("NVIDIA RTX 4090", 1008, float32=82.6, float16=330.3, bfloat16=165.2, int8=660.6),
    # Apple, M1 press release 2020: 2.6 TFLOP/s; LPDDR4X-4266 on 128 bits: 68.25 GB/s
    "m1": _device("Apple M1, GPU", 68.25, float32=2.6),
    # Intel ARK, Core i7-1165G7: 4 cores, 4.7 GHz, AVX-512 (32 FLOP a cycle, with VNNI 128 int8), LPDDR4x-4267 on 128 bits
    "laptop": _device("a laptop CPU, Intel Core i7-1165G7", 68.27, float32=0.6016, int8=2.4064),
}


def device(name: str) -> Device:
    """A device by its name in any spelling. ValueError, with those that there are, for another name."""
    folded = "".join([c for c in name.lower() if c.isalnum()])
    if folded not in DEVICES:
        raise ValueError(f'no device is called "{name}": known are {", ".join(DEVICES)}')
    return DEVICES[folded]
