"""A live torch module → graph, by way of the archive that torch.export would save: one reader serves both.

The module is copied onto torch's meta device first, where tensors have shapes and no values: it stays as it is, in whichever
mode, and no weight takes memory a second time. The copy is exported in evaluation mode.
"""

from __future__ import annotations

import io
import logging
import sys
import traceback
import warnings
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from copy import deepcopy
from importlib import import_module

from cnnspec.base.source import Source
from cnnspec.compile.backend import MissingExtra
from cnnspec.model_files.model_weights import ModelWeights
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.torch.archive import read_archive_file
from cnnspec.model_files.torch.read_program import read_program
from cnnspec.model_files.torch.source_lines import is_own_file
from cnnspec.model_files.torch.to_graph import convert_program
from cnnspec.model_files.views.graph_builder import GraphBuilder

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import Any

    from cnnspec.graph import Graph
    from cnnspec.model_files.torch.program import Program

BATCH = 11  # examples that the module is exported with; a number that sizes of maps are seldom multiples of
BATCHED = "a shape stands without the batch: 3x224x224, not 1x3x224x224"


def import_torch() -> Any:
    """Torch. Raises MissingExtra where it is not installed."""
    try:
        return import_module("torch")
    except ImportError as error:
        raise MissingExtra(f"{error.name or 'torch'} is not installed; this needs it", "torch") from error


def convert_module(module: Any, shapes: Sequence[tuple[int, ...]]) -> Graph:
    """The graph of a module for inputs of these shapes, without the batch. It is called as the module's class is.

    Raises ModelRefused where torch.export does, in its words, TypeError for what is no module, and MissingExtra.
    """
    return convert_program(export_module(module, shapes), start_graph(module))


def open_module(module: Any, shapes: Sequence[tuple[int, ...]]) -> ModelWeights:
    """A module and its weights; the module stays as it is. Raises as `convert_module` does."""
    builder = start_graph(module)
    graph = convert_program(export_module(module, shapes), builder)
    held = dict(module.named_buffers(remove_duplicate=False)) | dict(module.named_parameters(remove_duplicate=False))

    def find(name: str) -> Any:
        found = held.get(name)
        if found is None:
            for part in name.split("."):  # a tensor that the module has as it has any other attribute
                found = getattr(module if found is None else found, part, None)
        if not isinstance(found, import_torch().Tensor):
            raise ModelRefused(f"{name} is a tensor that the module makes while it runs")
        found = found.detach().cpu()
        return (found.float() if found.dtype == import_torch().bfloat16 else found).numpy()

    return ModelWeights(graph, builder.weights, find, tuple(builder.differing.values()))


def start_graph(module: Any) -> GraphBuilder:
    name = type(module).__name__
    return GraphBuilder(name, Source(f"<{name}>", ""))


def export_module(module: Any, shapes: Sequence[tuple[int, ...]]) -> Program:
    """What torch.export saves of a module."""
    torch = import_torch()
    if isinstance(module, type) and issubclass(module, torch.nn.Module):
        raise TypeError(f"{module.__name__} is a class: give the module that it makes, {module.__name__}()")
    if not isinstance(module, torch.nn.Module):
        raise TypeError(f"a torch.nn.Module is asked for, not {type(module).__name__}")
    name, saved = type(module).__name__, io.BytesIO()
    try:
        with silenced_torch(), torch.device("meta"):
            twin = copy_without_weights(torch, module).eval()
            kind = next((weight.dtype for weight in twin.parameters() if weight.is_floating_point()), None)
            inputs = tuple([torch.empty(BATCH, *shape, dtype=kind) for shape in shapes])
            torch.export.save(torch.export.export(twin, inputs, strict=False), saved)
    except Exception as error:  # whatever torch or the module's own code raises: it is said in its words
        batch = [BATCHED] * any([len(shape) > 3 and shape[0] == 1 for shape in shapes])
        raise ModelRefused(
            f"torch.export refuses {name}: {describe_error(error)}", *find_own_line(error), *batch
        ) from error
    return read_program(f"<{name}>", read_archive_file(f"<{name}>", saved))


@contextmanager
def silenced_torch() -> Iterator[None]:
    """Drops what torch, and the module's own code, print while it is exported: what matters is in the error."""
    logger = logging.getLogger("torch")
    level, nowhere = logger.level, io.StringIO()
    logger.setLevel(logging.CRITICAL + 1)
    try:
        with warnings.catch_warnings(), redirect_stdout(nowhere), redirect_stderr(nowhere):
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(level)


def copy_without_weights(torch: Any, module: Any) -> Any:
    """A copy of a module whose tensors have shapes alone."""
    memo: dict[int, Any] = {}
    for inner in module.modules():
        held = [*inner.parameters(recurse=False), *inner.buffers(recurse=False), *vars(inner).values()]
        for tensor in held:
            if isinstance(tensor, torch.Tensor) and not torch.nn.parameter.is_lazy(tensor):
                made = tensor.detach().to("meta")
                if isinstance(tensor, torch.nn.Parameter):
                    made = torch.nn.Parameter(made, requires_grad=tensor.requires_grad)
                memo[id(tensor)] = made
    return deepcopy(module, memo)


def describe_error(error: BaseException) -> str:
    """The first paragraph of an error's message, in one line."""
    words = " ".join(str(error).strip().split("\n\n")[0].split())
    return words or type(error).__name__


def find_own_line(error: BaseException) -> list[str]:
    """Where in the module's own source an error came up: "model.py:12", or nothing."""
    frames = traceback.extract_tb(error.__traceback__)[1:]  # the first is the one above
    own = [frame for frame in frames if is_own_file(frame.filename) and frame.filename != __file__]
    return [f"at {own[-1].filename}:{own[-1].lineno}"] if own else []


# ---- by name -------------------------------------------------------------------------------------------------
def build_module(reference: str, arguments: dict[str, Any]) -> Any:
    """What a function or class of a module makes: "torchvision.models:resnet50". The user's code is imported and called.

    Its weights are made without values, where its code lets that happen. Raises ModelRefused, in the words of what failed.
    """
    torch = import_torch()
    home, _, name = reference.partition(":")
    if not home or not name:
        raise ModelRefused(f"{reference} names no model: write module:function, as in torchvision.models:resnet50")
    if "" not in sys.path:
        sys.path.insert(0, "")  # modules in the working folder, as Python itself finds them
    try:
        made: Any = import_module(home)
        for part in name.split("."):
            made = getattr(made, part)
        if not isinstance(made, torch.nn.Module):
            made = call_without_values(torch, made, arguments)
    except (Exception, SystemExit) as error:  # a script that ends itself where it is imported, too
        kind = type(error).__name__
        raise ModelRefused(
            f"{reference} cannot be built: {kind}: {describe_error(error)}", *find_own_line(error)
        ) from error
    if not isinstance(made, torch.nn.Module):
        raise ModelRefused(f"{reference} makes a {type(made).__name__}, not a torch.nn.Module")
    return made


def call_without_values(torch: Any, build: Any, arguments: dict[str, Any]) -> Any:
    """What a function or class makes, its weights without values."""
    try:
        with torch.device("meta"):
            return build(**arguments)
    except Exception:  # its code asks for a value: it may have one
        return build(**arguments)


def read_arguments(text: str) -> dict[str, Any]:
    """Keyword arguments as they stand in a call, each a plain value: weights=None, num_classes=10. Raises ModelRefused."""
    import ast

    try:
        call = ast.parse(f"f({text})", mode="eval").body
        if not isinstance(call, ast.Call) or not isinstance(call.func, ast.Name) or call.args:
            raise ValueError
        if any([keyword.arg is None for keyword in call.keywords]):
            raise ValueError
        return {keyword.arg or "": ast.literal_eval(keyword.value) for keyword in call.keywords}
    except (ValueError, SyntaxError, RecursionError, MemoryError):
        raise ModelRefused(f"{text} is no list of arguments, as in weights=None, num_classes=10") from None
