"""The runtime of a training: the backend, its devices, their precision, and the share of this process in each batch."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.compile.backend import LIBRARIES, choose_backend, import_keras, silenced
from cnnspec.compile.kernel_trials import Way, remarks
from cnnspec.train.data.batches import make_batches
from cnnspec.train.data.examples import find_free_memory
from cnnspec.train.devices.distribution import Cluster, check_distribution, distribute, join_cluster, stop_distribution
from cnnspec.train.devices.feed import make_feed, take_arrays
from cnnspec.train.devices.mirrored import as_distributed, share_arrays
from cnnspec.train.devices.precision import computing_in
from cnnspec.train.devices.request import (
    Devices,
    choose_torch_device,
    find_device_memory,
    find_devices,
    read_request,
    request_devices,
)
from cnnspec.train.devices.share import ALONE, Share
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Graph
    from cnnspec.train.data.examples import Part
    from cnnspec.train.settings import TrainSettings


class Runtime(Record):
    """Keras on its backend, and the devices that it computes on; `strategy` is TensorFlow's for several devices, else None."""

    keras: Any
    settings: TrainSettings
    devices: Devices
    share: Share
    strategy: Any
    cluster: Cluster | None

    def __str__(self) -> str:
        """CPU (2 cores) with TensorFlow 2.21.0, float32"""
        backend = self.keras.config.backend()
        library = f"{LIBRARIES[backend]} {sys.modules[backend].__version__}"
        compiled = {True: ", with XLA", False: ", without XLA", "auto": ""}[self.settings.xla]
        processes = f", {self.cluster}" if self.cluster else ""
        return f"{self.devices} with {library}, {self.settings.precision}{compiled}{processes}"

    @property
    def used(self) -> tuple[str, ...]:
        """The names of the devices of all processes: gpu:0, gpu:1."""
        return tuple([f"{self.devices.kind.lower()}:{i}" for i in range(self.share.devices)])

    def find_room(self) -> int | None:
        """Bytes of memory that are free on the CPU, or that a device has where its backend says it."""
        if self.devices.kind == "CPU":
            return find_free_memory()
        return find_device_memory(self.keras.config.backend())

    @contextmanager
    def building(self) -> Iterator[None]:
        """A context in which the model is made and compiled."""
        with computing_in(self.keras, self.settings.precision):
            if self.strategy is None:
                yield
            else:
                with self.strategy.scope():
                    yield

    def make_training_batches(self, part: Part) -> Any:
        """The batches of an epoch, in the order of the seed."""
        if self.share.count_used(len(part)) == 0:
            count = f"{len(part)} example{'s' * (len(part) != 1)}"
            raise TrainingFailed(
                f"{count} to train on cannot be shared by {self.share.devices} devices", "give --devices 1"
            )
        seed = self.settings.seed if self.settings.shuffle else None
        return make_batches(self.keras, part, self.settings.batch, seed, share=self.share)

    def make_feed(self, batches: Any) -> Any:
        """What Keras takes for batches; `waited` counts the seconds for which it waited for one."""
        return make_feed(batches) if self.strategy is None else make_feed(batches, as_distributed)

    def make_steps(self, model: Any) -> None:
        """Make a model that was compiled take what `make_feed` makes."""
        if self.strategy is not None:
            share_arrays(model, self.strategy)
        elif self.keras.config.backend() == "tensorflow":
            take_arrays(model)

    def make_evaluation_feed(self, part: Part) -> Any:
        """What Keras takes for an evaluation: every example, in order."""
        batch, share = self.settings.batch, ALONE
        if self.strategy is None:  # which shares any batch
            batch, share = self.share.for_evaluation(len(part), batch)
        return self.make_feed(make_batches(self.keras, part, batch, share=share))

    def describe_differences(self, model: Any, examples: int) -> Iterator[str]:
        """The differences from a training on one device, in sentences."""
        left = examples - self.share.count_used(examples)
        if left:
            which = "others every time" if self.settings.shuffle else "the last ones"
            yield (
                f"each epoch leaves out {left} of the {examples:,} examples, {which}: "
                f"{self.share.devices} devices share the rest alike"
            )
        kind = self.keras.layers.BatchNormalization
        norms = [layer.name for layer in model.layers if isinstance(layer, kind) and not layer.synchronized]
        if self.strategy is not None and norms:
            first = norms[0] if len(norms) == 1 else f"{norms[0]} to {norms[-1]}"
            yield (
                f"batch normalisation ({first}) takes its statistics from each device's share of a batch; "
                f"bn(synchronized=true) takes them from the whole batch"
            )

    def find_unsupported(self, graph: Graph, model: Any, fixed: bool) -> Iterator[str]:
        """The layers that cannot be computed here, in sentences; which options help, unless the options are `fixed`."""
        options = () if fixed else ("--precision float32", "--xla", "--backend jax")
        way = Way(self.settings.precision, bool(model.jit_compile), trained=True)
        return remarks(graph, self.keras, way, options)

    def leave(self) -> None:
        """Make Keras compute on one device again."""
        stop_distribution(self.keras)


def find_backend(settings: TrainSettings) -> str:
    """The backend that a training runs on. Nothing is imported. Raises MissingExtra and TrainingFailed."""
    if "keras" in sys.modules:
        try:
            name = str(import_keras(settings.backend).config.backend())
        except RuntimeError as error:
            raise TrainingFailed(str(error), "", 2) from None
    else:
        name = choose_backend(settings.backend)
    if name not in LIBRARIES:
        raise TrainingFailed(f"Keras does not train on {name}", f"give --backend {', '.join(LIBRARIES)}", 2)
    return name


def check_runtime(settings: TrainSettings, cluster: Cluster | None) -> None:
    """Raises TrainingFailed for what can be refused before any framework is imported."""
    count = read_request(settings.devices).count or 1
    check_distribution(settings, find_backend(settings), count, cluster.processes if cluster else 1)


def start_runtime(settings: TrainSettings, cluster: Cluster | None = None) -> Runtime:
    """Import Keras and take the devices that the settings ask for. Raises TrainingFailed and MissingExtra."""
    backend = find_backend(settings)
    wanted = read_request(settings.devices)
    choose_torch_device(backend, wanted)
    keras = import_keras(backend)
    request_devices(backend, wanted)
    with silenced():  # on every backend Keras now imports TensorFlow where it is installed
        keras.utils.set_random_seed(settings.seed)
    if cluster is not None:
        join_cluster(keras, cluster)
    devices = find_devices(backend, wanted)
    check_distribution(settings, backend, len(devices.names), cluster.processes if cluster else 1)
    share, strategy = distribute(keras, devices, cluster)
    keras.utils.set_random_seed(settings.seed)  # joining a cluster has drawn from it
    return Runtime(keras, settings, devices, share, strategy, cluster)
