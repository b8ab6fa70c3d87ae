"""What `export` says of a file that it has written: what the file still knows, its size, and the memory that it takes."""

from __future__ import annotations

import os
import sys

from cnnspec.base.percent import percent
from cnnspec.cli.messages import print_message
from cnnspec.cli.streams import fit_sentence
from cnnspec.compile.runtimes.model import RuntimeRefused
from cnnspec.facts.precision import find_precision, in_bytes, memory_text

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Any

    from cnnspec.compile.export_options import ExportOptions
    from cnnspec.compile.runtimes.model import RuntimeModel
    from cnnspec.train.evaluation.evaluate import OpenedPart
    from cnnspec.train.evaluation.trained import Trained
    from cnnspec.train.progress import Lines

DOUBTFUL = 0.1  # of the range of an output: rounding alone stays far below


def open_test_part(trained: Trained, data: str | None, shown: Lines) -> OpenedPart | None:
    """What a file is measured on; None, which is said, where a run held back nothing, or its data cannot be had. Raises
    TrainingFailed for data that are given."""
    from cnnspec.train.errors import TrainingFailed
    from cnnspec.train.evaluation.evaluate import open_part

    try:
        return open_part(trained, data, "test", None, shown)
    except TrainingFailed as error:
        if data is not None:
            raise
        print_message(f"the file is not measured: {error.message}")
        return None


def tell_what_is_kept(
    trained: Trained, opened: OpenedPart, target: str, format: str, metadata: Mapping[str, str]
) -> None:
    """Run the file beside the model, on what was held back."""
    from cnnspec.compile.backend import MissingExtra
    from cnnspec.train.errors import TrainingFailed
    from cnnspec.train.evaluation.shipping import compare, write_comparison
    from cnnspec.train.progress import choose_display

    shown = choose_display(sys.stderr, False, fit_sentence)
    try:
        found = compare(trained, open_written(target, format, metadata), opened, shown)
    except (MissingExtra, RuntimeRefused, TrainingFailed) as error:
        print_message(f"the file is not measured: {error}")
        return
    finally:
        shown.close()
    for sentence in write_comparison(found, os.path.basename(target)):
        print_message(sentence)


def warn_of_delegate(target: str, examples: tuple[Any, ...]) -> None:
    """Say where XNNPACK mistakes a file of int8, for it is what LiteRT computes with on phones and computers unless it is told
    otherwise."""
    from cnnspec.compile.runtimes.litert_model import LitertModel
    from cnnspec.train.evaluation.shipping import find_delegate_doubt

    doubt = find_delegate_doubt(LitertModel(target), LitertModel(target, delegated=True), examples)
    if doubt > DOUBTFUL:
        print_message(
            f"XNNPACK, with which LiteRT computes unless it is told otherwise, is off by up to {percent(doubt)} of the range of an "
            f"output: run this file without that delegate (what is measured here is), or take float16"
        )


def open_written(target: str, format: str, metadata: Mapping[str, str]) -> RuntimeModel:
    """The file, opened by its runtime; a C array as the LiteRT file that it is, of which `metadata` are in comments alone."""
    from cnnspec.compile.runtimes.litert_model import LitertModel
    from cnnspec.compile.runtimes.opened import open_runtime_model

    if format == "header":
        return LitertModel(target, read_bytes(target, format), metadata=metadata)
    return open_runtime_model(target)


def read_bytes(target: str, format: str) -> bytes:
    """Those of a LiteRT file."""
    from cnnspec.compile.to_header import read_header

    if format == "header":
        return read_header(target)
    with open(target, "rb") as file:
        return file.read()


def tell_size(trained: Trained, target: str, format: str, asked: ExportOptions) -> None:
    """The size of the file, beside that of the weights in float32, and the memory of an example beside the estimate of `cost`."""
    from cnnspec.compile.runtimes.litert_file import find_arena
    from cnnspec.cost.memory import inference
    from cnnspec.facts.facts import Facts
    from cnnspec.model_files import ModelRefused, convert_model

    data = None if format == "onnx" else read_bytes(target, format)
    size = os.path.getsize(target) if data is None else len(data)
    weights = 4 * trained.saved.model.count_params()
    print_message(f"the file has {in_bytes(size)}, the weights of the model {in_bytes(weights)} in float32")
    arena = None if data is None or (asked.batch or 1) != 1 else find_arena(data)
    if arena is None:
        return
    try:
        facts = Facts(convert_model(trained.saved.model))
    except ModelRefused:
        estimate = ""
    else:
        precision = find_precision("int8" if asked.quantize == "int8" else "float32")
        activations = inference(facts, precision).terms[1].bytes(1)
        estimate = f"; cost estimates {memory_text(activations)}"
    kept = "weights as float32 too" if asked.quantize == "float16" else "weights apart"
    print_message(f"for one example its tensors, {kept}, need {in_bytes(arena)} at once{estimate}")
