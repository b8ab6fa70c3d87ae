"""Where a training runs: the backend, its devices, their precision, and the share of this process in each batch."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from cnnspec.base.record import Record
from cnnspec.compile.backend import LIBRARIES, choose_backend, import_keras, silenced
from cnnspec.compile.kernel_trials import Way, remarks
from cnnspec.train.data.batches import batches
from cnnspec.train.devices.available import Devices, announce, ask, choose, wish
from cnnspec.train.devices.distribution import Cluster, alone, distribute, join, refuse
from cnnspec.train.devices.precision import computed_in
from cnnspec.train.devices.share import ALONE, Share
from cnnspec.train.errors import TrainingFailed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from cnnspec.graph import Graph
    from cnnspec.train.data.examples import Part
    from cnnspec.train.settings import TrainSettings


class Place(Record):
    """`keras` on its backend; `strategy` is TensorFlow's for several devices, else None."""

    keras: Any
    settings: TrainSettings
    devices: Devices
    share: Share
    strategy: Any
    together: Cluster | None

    def __str__(self) -> str:
        """CPU (2 cores) with TensorFlow 2.21.0, float32"""
        backend = self.keras.config.backend()
        library = f"{LIBRARIES[backend]} {sys.modules[backend].__version__}"
        compiled = {True: ", with XLA", False: ", without XLA", "auto": ""}[self.settings.xla]
        processes = f", {self.together}" if self.together else ""
        return f"{self.devices} with {library}, {self.settings.precision}{compiled}{processes}"

    @property
    def used(self) -> tuple[str, ...]:
        """The devices that are trained on, of all processes: gpu:0, gpu:1."""
        return tuple([f"{self.devices.kind.lower()}:{i}" for i in range(self.share.devices)])

    @contextmanager
    def building(self) -> Iterator[None]:
        """In which the model is made and compiled."""
        with computed_in(self.keras, self.settings.precision):
            if self.strategy is None:
                yield
            else:
                with self.strategy.scope():
                    yield

    def training(self, part: Part) -> Any:
        """The batches that are trained on."""
        seed = self.settings.seed if self.settings.shuffle else None
        return batches(self.keras, part, self.settings.batch, seed, share=self.share)

    def evaluating(self, part: Part) -> Any:
        """The batches of an evaluation, of every example, in order."""
        batch, share = self.share.evaluated(len(part), self.settings.batch)
        if self.strategy is not None:  # it shares any batch but an epoch's first
            batch, share = min(self.settings.batch, self.share.whole(len(part))), ALONE
            if batch == 0:
                raise TrainingFailed(
                    f"{len(part)} examples held back cannot be shared by {self.share.devices} devices", "hold back more"
                )
        return batches(self.keras, part, batch, share=share)

    def remarks(self, model: Any, examples: int) -> Iterator[str]:
        """What is done otherwise than on one device, in sentences."""
        left = examples - self.share.whole(examples)
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

    def unfit(self, graph: Graph, model: Any, fixed: bool) -> Iterator[str]:
        """What of a network this place does not compute, and, unless all is fixed, which options help."""
        options = () if fixed else ("--precision float32", "--xla", "--backend jax")
        way = Way(self.settings.precision, bool(model.jit_compile), trained=True)
        return remarks(graph, self.keras, way, options)

    def leave(self) -> None:
        """Makes Keras compute on one device again."""
        alone(self.keras)


def backend_of(settings: TrainSettings) -> str:
    """The backend that a training runs on. Raises MissingExtra, TrainingFailed; imports nothing."""
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


def check(settings: TrainSettings, together: Cluster | None) -> None:
    """Raises TrainingFailed for what is known to be refused without any framework."""
    refuse(settings, backend_of(settings), wish(settings.devices).count or 1, together.processes if together else 1)


def take(settings: TrainSettings, together: Cluster | None = None) -> Place:
    """Imports Keras and takes the devices that the settings ask for. Raises TrainingFailed, MissingExtra."""
    backend = backend_of(settings)
    wanted = wish(settings.devices)
    announce(backend, wanted)
    keras = import_keras(backend)
    ask(backend, wanted)
    with silenced():  # on every backend Keras now imports TensorFlow where it is installed
        keras.utils.set_random_seed(settings.seed)
    if together is not None:
        join(keras, together)
    devices = choose(backend, wanted)
    refuse(settings, backend, len(devices.names), together.processes if together else 1)
    share, strategy = distribute(keras, devices, together)
    keras.utils.set_random_seed(settings.seed)  # joining others has drawn from it
    return Place(keras, settings, devices, share, strategy, together)
