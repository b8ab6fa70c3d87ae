"""The devices of a training: those that the settings request, and those that the backend finds.

A request is `2`, `all`, `cpu`, `gpu`, `gpu:4` or `cpu:2`: a count of the best kind that there is, or a kind and a count.
`cpu:2` is the one CPU as two devices, on which a training for two GPUs can be tried. TensorFlow and JAX take a
request only before they compute anything, PyTorch before Keras is imported.
"""

from __future__ import annotations

import os
import sys

from cnnspec.base.record import Record
from cnnspec.compile.backend import LIBRARIES
from cnnspec.layers.argument import Unfit, word_of
from cnnspec.train.errors import TrainingFailed

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

EXPECTED = "a count, all, cpu or gpu, or both, such as gpu:2"


class DeviceRequest(Record):
    """A kind and a count of devices: `kind` is "cpu", "gpu" or None for the best there is, `count` None for all of them."""

    kind: str | None = None
    count: int | None = 1

    def __str__(self) -> str:
        many = "all" if self.count is None else str(self.count)
        return f"{self.kind}:{many}" if self.kind else many


def read_request(value: Any) -> DeviceRequest:
    """A request as it is written: 2, all, cpu, gpu, "gpu:2", "gpu:all". Raises Unfit."""
    written = str(value) if isinstance(value, int) and not isinstance(value, bool) else (word_of(value) or "").lower()
    kind, colon, many = written.rpartition(":")
    if many in ("cpu", "gpu") and not colon:
        kind, many = many, "1"
    if kind not in (("cpu", "gpu") if colon else ("", "cpu", "gpu")) or not (
        many == "all" or (many.isascii() and many.isdigit() and int(many) > 0)
    ):
        raise Unfit(EXPECTED)
    if (kind, many) == ("cpu", "all"):
        many = "1"
    return DeviceRequest(kind or None, None if many == "all" else int(many))


def read_devices(value: Any) -> str:
    """A count, all, cpu or gpu, or both, such as gpu:2; in one spelling."""
    return str(read_request(value))


class Devices(Record):
    """The devices of one machine: their kind ("CPU", "GPU", "TPU") and the name of each."""

    kind: str
    names: tuple[str, ...]

    def __str__(self) -> str:
        """ "CPU (2 cores)", "GPU NVIDIA H200", "2 GPUs NVIDIA H200"."""
        count, names = len(self.names), ", ".join(dict.fromkeys(name for name in self.names if name))
        if self.kind == "CPU":
            return f"CPU ({count_cores()}){f' as {count} devices' if count > 1 else ''}"
        return f"{f'{count} {self.kind}s' if count > 1 else self.kind} {names}".rstrip()


def count_cores() -> str:
    """The number of CPU cores that this process may use, in words."""
    usable = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return f"{usable} core{'' if usable == 1 else 's'}"


# ---- before anything is computed -------------------------------------------------------------------------------
def choose_torch_device(backend: str, wanted: DeviceRequest) -> None:
    """Keep PyTorch to the CPU where that is requested. Must be called before Keras is imported."""
    if backend == "torch" and wanted.kind == "cpu" and "keras" not in sys.modules:
        os.environ["KERAS_TORCH_DEVICE"] = "cpu"


def request_devices(backend: str, wanted: DeviceRequest) -> None:
    """Keep TensorFlow and JAX to the CPU devices that are requested. Must be called before anything is computed.

    Raises TrainingFailed when it is too late for that.
    """
    if backend != "torch" and wanted.kind == "cpu":
        try:
            {"tensorflow": _request_of_tensorflow, "jax": _request_of_jax}[backend](wanted.count or 1)
        except RuntimeError:
            raise TrainingFailed(
                f"{LIBRARIES[backend]} has already begun in this process, so its devices cannot be chosen any more",
                "start a new one", 2,
            ) from None  # fmt: skip


def _request_of_tensorflow(count: int) -> None:
    import tensorflow as tf

    tf.config.set_visible_devices([], "GPU")
    if count != len(tf.config.get_logical_device_configuration(tf.config.list_physical_devices("CPU")[0]) or [0]):
        tf.config.set_logical_device_configuration(
            tf.config.list_physical_devices("CPU")[0], [tf.config.LogicalDeviceConfiguration()] * count
        )


def _request_of_jax(count: int) -> None:
    import jax

    config: Any = jax.config  # which states no types
    if config.jax_platforms != "cpu":
        config.update("jax_platforms", "cpu")
    if count > 1 and config.jax_num_cpu_devices != count:
        config.update("jax_num_cpu_devices", count)


# ---- what there is -----------------------------------------------------------------------------------------
def find_devices(backend: str, wanted: DeviceRequest) -> Devices:
    """The devices of this machine to train on. Raises TrainingFailed when there are not as many."""
    kind, names = _FOUND[backend]()
    library = LIBRARIES[backend]
    if wanted.kind is not None and wanted.kind.upper() != kind:
        if wanted.kind == "gpu":
            what = f"{library} finds no GPU here, {'the CPU alone' if kind == 'CPU' else f'{kind}s alone'}"
            raise TrainingFailed(what, f"install {library} with GPU support, or leave out the gpu in --devices", 2)
        raise TrainingFailed(f"{library} already computes on the {kind} in this process", "start a new one", 2)
    count = len(names) if wanted.count is None else wanted.count
    if count > len(names):
        one = len(names) == 1
        found = f"{library} finds {'one' if one else len(names)}, the {kind}" + ("" if one else "s")
        raise TrainingFailed(f"{count} devices are asked for, and {found}", f"give --devices {len(names)}", 2)
    return Devices(kind, tuple(names[:count]))


def find_device_memory(backend: str) -> int | None:
    """Bytes of memory of the first accelerator; None where the backend does not say (TensorFlow)."""
    if backend == "jax":
        import jax

        return (jax.local_devices()[0].memory_stats() or {}).get("bytes_limit")
    if backend == "torch":
        import torch

        return int(torch.cuda.mem_get_info()[1]) if torch.cuda.is_available() else None
    return None


def _find_with_tensorflow() -> tuple[str, Sequence[str]]:
    import tensorflow as tf

    for kind in ("GPU", "TPU"):
        physical = tf.config.get_visible_devices(kind)
        if physical:
            return kind, [str(tf.config.experimental.get_device_details(d).get("device_name", "")) for d in physical]
    return "CPU", [""] * len(tf.config.list_logical_devices("CPU"))


def _find_with_jax() -> tuple[str, Sequence[str]]:
    import jax

    found = jax.local_devices()
    kind = {"cpu": "CPU", "tpu": "TPU"}.get(found[0].platform, "GPU")
    return kind, ["" if kind == "CPU" else device.device_kind for device in found]


def _find_with_torch() -> tuple[str, Sequence[str]]:
    import torch
    from keras import KerasTensor  # noqa: F401  (Keras chooses PyTorch's device when it is imported)

    chosen = os.environ.get("KERAS_TORCH_DEVICE", "").partition(":")[0]
    if chosen != "cpu" and torch.cuda.is_available():
        return "GPU", [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    if chosen != "cpu" and torch.backends.mps.is_available():
        return "GPU", ["Apple"]
    return "CPU", [""]


_FOUND = {"tensorflow": _find_with_tensorflow, "jax": _find_with_jax, "torch": _find_with_torch}
