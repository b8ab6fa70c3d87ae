"""What is to be trained, on what, how and where to: one value, made once before the data are read and handed on."""

from __future__ import annotations

import os

from cnnspec.base.record import Record
from cnnspec.facts.facts import Facts
from cnnspec.facts.graph_queries import name_outputs
from cnnspec.train.data.given_names import rename_only
from cnnspec.train.data_fit import check_plain_data
from cnnspec.train.errors import TrainingFailed
from cnnspec.train.runs.durable import MARK
from cnnspec.train.starting.model_start import ModelStart, find_start, find_taken
from cnnspec.train.starting.named_layers import check_named_layers

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from cnnspec.graph import Graph
    from cnnspec.train.data.given import Given
    from cnnspec.train.devices.distribution import Cluster
    from cnnspec.train.runs.spec import Spec
    from cnnspec.train.settings import TrainSettings

    Judge = Callable[[dict[str, Any]], str]


class TrainingPlan(Record):
    """A network, its facts and the settings of its training.

    `spec` has the files that a new run folder keeps, `run_dir` is where that folder is to be (None: runs/<spec>-<n>),
    `output` where the best model is saved too. `cluster` says which of several processes this is. `start` is the model whose
    weights the training begins with; of imagenet it is known only with Keras. `given` are data that a program gives, in place
    of those that the settings name. `inside` is where in a new folder the run lies, as the first of several ("": it is the
    folder). `judge` is asked after each epoch, by its row of figures, why the training ends there; "": it goes on.
    """

    graph: Graph
    facts: Facts
    settings: TrainSettings
    spec: Spec | None = None
    run_dir: str | None = None
    output: str | None = None
    cluster: Cluster | None = None
    start: ModelStart | None = None
    given: Given | None = None
    inside: str = ""
    judge: Judge | None = None


def make_plan(
    graph: Graph, settings: TrainSettings, spec: Spec | None = None, run_dir: str | None = None,
    output: str | None = None, cluster: Cluster | None = None, facts: Facts | None = None, start: ModelStart | None = None,
) -> TrainingPlan:  # fmt: skip
    """The plan for a network without errors. `facts` are the network's, where somebody has them already; `start` is that of a
    training that goes on.

    Raises TrainingFailed when data that are known by name do not suit the network, or nothing can be taken from its start.
    """
    if len(graph.outputs) > 1:
        settings = settings.replace(outputs=tuple(name_outputs(graph)))
    settings = rename_only(graph, settings)
    check_plain_data(graph, settings)
    start = start or find_start(graph, settings)
    check_named_layers(graph, settings, find_taken(graph, settings, start))
    return TrainingPlan(graph, facts or Facts(graph), settings, spec, run_dir, output, cluster, start)


def check_output(path: str) -> None:
    """Raises TrainingFailed when a model could not be saved at a path."""
    if not path.endswith(".keras"):
        raise TrainingFailed(f"{path} is no name for a model", "end it in .keras", 2)
    if os.path.isdir(path):
        raise TrainingFailed(f"{path} is a folder", "give the name of a file", 2)
    trial = os.path.join(os.path.dirname(os.path.realpath(path)), f"{MARK}{os.getpid()}")
    try:
        with open(trial, "xb"):
            pass
        os.remove(trial)
    except OSError as error:
        raise TrainingFailed(
            f"{path} cannot be written: {error.strerror or error}", "choose another place with -o", 2
        ) from None
