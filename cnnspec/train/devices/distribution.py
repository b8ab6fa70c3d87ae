"""A training on several devices, of one machine or of several: every device has the whole model and a share of the batch.

On one machine TensorFlow's MirroredStrategy or JAX's sharding (Keras's DataParallel) does it, on several JAX's alone: there
every process runs the same program on its share of each batch, and the first alone writes and speaks.
"""

from __future__ import annotations

import os
from functools import cache
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.compile.backend import LIBRARIES, silenced
from cnnspec.train.devices.request import Devices
from cnnspec.train.devices.share import Share
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from cnnspec.train.settings import TrainSettings


class Cluster(Record):
    """Processes that train together: how many, which one this is (from 0), and host:port of the first."""

    processes: int
    process: int
    coordinator: str

    def __str__(self) -> str:
        return f"process {self.process} of {self.processes}"


def read_cluster(processes: int | None, process: int | None, coordinator: str | None) -> Cluster | None:
    """The cluster that the options name, else the one in Keras's environment variables; None for one process.

    Raises TrainingFailed.
    """
    given = os.environ
    try:
        processes = processes or int(given.get("KERAS_DISTRIBUTION_NUM_PROCESSES") or 1)
        number = process if process is not None else given.get("KERAS_DISTRIBUTION_PROCESS_ID")
        first = coordinator or given.get("KERAS_DISTRIBUTION_JOB_ADDRESSES", "").partition(",")[0]
        if processes == 1:
            if process or coordinator:
                raise TrainingFailed("--process and --coordinator need --processes", "give --processes 2", 2)
            return None
        made = Cluster(processes, int(number), first) if number is not None else None
    except ValueError:
        raise TrainingFailed("KERAS_DISTRIBUTION_NUM_PROCESSES and _PROCESS_ID must be whole numbers", "", 2) from None
    host, _, port = first.rpartition(":")
    if made is None or not host or not port.isdigit():
        raise TrainingFailed(
            f"{processes} processes need to know where the first one is, and which one this is",
            "give each --coordinator HOST:PORT, the same, and its own --process, from 0", 2,
        )  # fmt: skip
    if not 0 <= made.process < processes:
        raise TrainingFailed(
            f"there is no process {made.process} among {processes}", f"number them 0 to {processes - 1}", 2
        )
    return made


def check_distribution(settings: TrainSettings, backend: str, devices: int, processes: int) -> None:
    """Raises TrainingFailed where the backend cannot share a training like this, or the batch cannot be shared.

    `devices` are those of one process.
    """
    batch = settings.batch
    if processes > 1 and backend != "jax":
        why = (
            "Keras 3 does not work with TensorFlow's MultiWorkerMirroredStrategy"
            if backend == "tensorflow"
            else "Keras's fit does not offer PyTorch's DistributedDataParallel"
        )
        raise TrainingFailed(f"several processes train together on JAX alone: {why}", "give --backend jax", 2)
    if devices > 1 and backend not in ("tensorflow", "jax"):
        raise TrainingFailed(
            f"{LIBRARIES[backend]} trains on one device here: Keras's fit does not offer its DistributedDataParallel",
            "give --devices 1, or --backend jax or tensorflow", 2,
        )  # fmt: skip
    if devices > 1 and backend == "tensorflow" and settings.xla is True:
        raise TrainingFailed("TensorFlow does not compile with XLA for several devices", "leave out --xla", 2)
    total = devices * processes
    if batch % total:
        below, above = batch - batch % total, batch + total - batch % total
        sizes = f"{below} or {above}" if below else str(above)
        raise TrainingFailed(f"a batch of {batch} cannot be shared alike by {total} devices", f"take {sizes}", 2)


def join_cluster(keras: Any, cluster: Cluster) -> None:
    """Join the other processes, and wait until all are there. Raises TrainingFailed after five minutes."""
    import jax
    from jax.experimental import multihost_utils

    config: Any = jax.config  # which states no types
    if config.jax_cpu_collectives_implementation is None:
        config.update("jax_cpu_collectives_implementation", "gloo")
    try:
        with silenced(1):  # gloo says that it is connected
            keras.distribution.initialize(cluster.coordinator, cluster.processes, cluster.process)
            multihost_utils.sync_global_devices("cnnspec")
    except RuntimeError as error:
        raise TrainingFailed(f"{cluster} cannot join at {cluster.coordinator}: {error}", "", 2) from error


def distribute(keras: Any, devices: Devices, cluster: Cluster | None) -> tuple[Share, Any]:
    """This process's share, and TensorFlow's strategy where there is one.

    On JAX, everything that Keras makes is shared so from here on, until `stop_distribution` ends it.
    """
    count, processes = len(devices.names), cluster.processes if cluster else 1
    share = Share(count * processes, processes, cluster.process if cluster else 0)
    if share.devices == 1:
        return share, None
    if keras.config.backend() == "tensorflow":
        return share, _make_strategy(tuple(f"{devices.kind}:{i}" for i in range(count)))
    if processes > 1:
        _save_once(keras)
    keras.distribution.set_distribution(_make_sharing(keras, count, processes))
    return share, None


@cache
def _make_strategy(names: tuple[str, ...]) -> Any:
    """The one strategy for these devices. A second one in a process would number its sums like the first, and fail."""
    import tensorflow as tf

    return tf.distribute.MirroredStrategy(names)


def _make_sharing(keras: Any, count: int, processes: int) -> Any:
    import jax

    class Shared(keras.distribution.DataParallel):  # type: ignore[misc]
        """Batches that all devices can share alike are shared; every device has the whole of others."""

        def get_data_layout(self, data_shape: Any) -> Any:
            if data_shape[0] % count:
                return keras.distribution.TensorLayout([None] * len(data_shape), self.device_mesh)
            return super().get_data_layout(data_shape)

    names = []
    for process in range(processes):
        of_process = [d for d in jax.devices() if d.process_index == process][:count]
        names += [f"{d.platform}:{d.id}" for d in of_process]
    return Shared(devices=names, auto_shard_dataset=False)


def _save_once(keras: Any) -> None:
    """Save any model, so that no later saving waits for other processes.

    Keras makes an optimizer to see its attributes the first time that it saves anything, and making variables is a
    step that all processes have to take together.
    """
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        model = keras.Sequential([keras.Input((1,)), keras.layers.Dense(1), keras.layers.Dropout(0.5)])
        model.compile("sgd", "mse", metrics=["mse"])
        model.save(os.path.join(folder, "any.keras"))


def stop_distribution(keras: Any) -> None:
    """Remove the distribution that a training has set."""
    if keras.config.backend() == "jax":
        keras.distribution.set_distribution(None)
