"""Calls → steps: each of them one Keras layer, and which of them may be parts of one layer of ours."""

from __future__ import annotations

from typing import Any

from cnnspec.base.record import Record
from cnnspec.layers.argument import Unfit
from cnnspec.layers.base import KerasCall
from cnnspec.model_files.keras.calls import Call, Calls
from cnnspec.model_files.keras.equivalents import steps
from cnnspec.model_files.keras.proof import DAMAGE
from cnnspec.model_files.keras.saved import INPUT


class Step(Record):
    """One Keras layer on tensors: inputs are indices of steps. `made` is None where `why` says what stands against it."""

    call: Call
    made: KerasCall | None
    inputs: tuple[int, ...]
    owner: tuple[Any, ...]  # the layer object: several uses of one have the same
    last: bool  # whether this is the call's result
    why: str = ""


class Steps:
    """All steps of a model. `results` holds for each call the step that yields its result."""

    def __init__(self, model: Calls) -> None:
        self.all: list[Step] = []
        self.results: list[int] = []
        for call in model.calls:
            self.unfold(call)
        self.outputs = [self.results[index] for index in model.outputs]
        self.readers: list[list[int]] = [[] for _ in self.all]
        for index, step in enumerate(self.all):
            for source in step.inputs:
                self.readers[source].append(index)
        self.next = self.links()

    def unfold(self, call: Call) -> None:
        tensors = [self.results[index] for index in call.inputs()]
        try:
            found = [(None, ())] if call.kind == INPUT else steps(call)
            for position, (made, inputs) in enumerate(found):
                owner = (*call.layer, position)
                chosen = tuple([tensors[i] for i in inputs])
                tensors.append(len(self.all))
                self.all.append(Step(call, made, chosen, owner, position + 1 == len(found)))
        except (Unfit, *DAMAGE) as error:
            why = error.expected if isinstance(error, Unfit) else f"its config is damaged: {error}"
            self.all.append(Step(call, None, tuple(tensors), call.layer, True, why))
        self.results.append(len(self.all) - 1)

    def links(self) -> dict[int, int]:
        """Steps whose tensor has one reader that reads nothing else; of shared layers only where all uses go together."""
        ends = set(self.outputs)
        links = {
            index: readers[0]
            for index, readers in enumerate(self.readers)
            if len(readers) == 1 and index not in ends and len(self.all[readers[0]].inputs) == 1
        }
        uses: dict[tuple[Any, ...], list[int]] = {}
        for index, step in enumerate(self.all):
            uses.setdefault(step.owner, []).append(index)
        together = set()
        for owner, indices in uses.items():
            followers = {self.all[links[i]].owner if i in links else None for i in indices}
            follower = followers.pop()
            if not followers and follower is not None and len(uses[follower]) == len(indices):
                together.add(owner)
        return {i: j for i, j in links.items() if self.all[i].owner in together}
