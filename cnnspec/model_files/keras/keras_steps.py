"""Calls → steps of one Keras layer each, and which steps may be parts of one layer of the language."""

from __future__ import annotations

from typing import Any

from cnnspec.base.record import Record
from cnnspec.layers.argument import Unfit
from cnnspec.layers.base import KerasCall
from cnnspec.model_files.keras.equivalents import find_steps
from cnnspec.model_files.keras.proof import DAMAGE
from cnnspec.model_files.keras.saved_calls import SavedCall, SavedCalls
from cnnspec.model_files.keras.saved_objects import INPUT


class KerasStep(Record):
    """One Keras layer on tensors; inputs are indices of steps. `made` is None for a call that is refused: `why` says so."""

    call: SavedCall
    made: KerasCall | None
    inputs: tuple[int, ...]
    owner: tuple[Any, ...]  # the layer object: several uses of one have the same
    last: bool  # whether this is the call's result
    why: str = ""


class KerasSteps:
    """All steps of a model. `results` are the steps that give the calls' results, one for each call."""

    def __init__(self, model: SavedCalls) -> None:
        self.all: list[KerasStep] = []
        self.results: list[int] = []
        for call in model.calls:
            self._unfold(call)
        self.outputs = [self.results[index] for index in model.outputs]
        self.readers: list[list[int]] = [[] for _ in self.all]
        for index, step in enumerate(self.all):
            for source in step.inputs:
                self.readers[source].append(index)
        self.next = self._find_links()

    def _unfold(self, call: SavedCall) -> None:
        tensors = [self.results[index] for index in call.inputs()]
        try:
            found = [(None, ())] if call.kind == INPUT else find_steps(call)
            for position, (made, inputs) in enumerate(found):
                owner = (*call.layer, position)
                chosen = tuple([tensors[i] for i in inputs])
                tensors.append(len(self.all))
                self.all.append(KerasStep(call, made, chosen, owner, position + 1 == len(found)))
        except (Unfit, *DAMAGE) as error:
            why = error.expected if isinstance(error, Unfit) else f"its config is damaged: {error}"
            self.all.append(KerasStep(call, None, tuple(tensors), call.layer, True, why))
        self.results.append(len(self.all) - 1)

    def _find_links(self) -> dict[int, int]:
        """Steps whose tensor has one reader that reads nothing else, and this reader; shared layers only if in all uses."""
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
