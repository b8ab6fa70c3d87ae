"""How work grows with a program: four times the nodes take about four times the calls of functions, not sixteen."""

from __future__ import annotations

from cProfile import Profile
from typing import Any

import pytest

from cnnspec.model_files.torch.read_program import read_program
from cnnspec.model_files.torch.to_graph import convert_program, start_graph

SIZES = (2, 3, 8, 8)
OTHER = (2, 3, 4, 16)
KINDS = ("relu.default", "cumsum.default", "mul.Tensor", "add.Tensor", "view.default", "relu_.default")


def tensor(*sizes: int) -> dict[str, Any]:
    return {"dtype": 7, "sizes": [{"as_int": size} for size in sizes]}


def make_program(kind: str, count: int) -> dict[str, Any]:
    """A program of this many calls of an operator, one behind another; products and sums have a weight each, every other
    call of one that writes in place is a view."""
    values, specs, nodes, last = {"x": tensor(*SIZES)}, [], [], "x"
    for i in range(count):
        target = "view.default" if kind == "relu_.default" and i % 2 else kind
        inputs: list[dict[str, Any]] = [{"name": "self", "arg": {"as_tensor": {"name": last}}}]
        sizes = OTHER if target == "view.default" and kind == target and i % 2 else SIZES
        if kind in ("mul.Tensor", "add.Tensor"):
            values[f"w{i}"] = tensor(3, 1, 1)
            specs.append({"parameter": {"arg": {"name": f"w{i}"}, "parameter_name": f"block.{i}.scale"}})
            inputs.append({"name": "other", "arg": {"as_tensor": {"name": f"w{i}"}}})
        if target == "view.default":
            inputs.append({"name": "size", "arg": {"as_ints": list(sizes)}})
        last = f"v{i}"
        values[last] = tensor(*sizes)
        metadata = {"nn_module_stack": f"L__self__,,n.Net;L__self__.block.{i},block.{i},n.Block"}
        outputs = [{"as_tensor": {"name": last}}]
        nodes.append({"target": f"torch.ops.aten.{target}", "inputs": inputs, "outputs": outputs, "metadata": metadata})
    specs.append({"user_input": {"arg": {"as_tensor": {"name": "x"}}}})
    signature = {"input_specs": specs, "output_specs": [{"user_output": {"arg": {"as_tensor": {"name": last}}}}]}
    return {"graph_module": {"graph": {"nodes": nodes, "tensor_values": values}, "signature": signature}}


def count_calls(kind: str, count: int) -> int:
    saved = make_program(kind, count)
    profile = Profile()
    profile.runcall(lambda: convert_program(read_program("net.pt2", saved), start_graph("net.pt2")))
    return sum(entry.callcount for entry in profile.getstats())


@pytest.mark.parametrize("kind", KINDS)
def test_work_grows_with_the_program(kind: str) -> None:
    count_calls(kind, 2)  # what is loaded and remembered once
    small, large = count_calls(kind, 100), count_calls(kind, 400)
    assert large < 5 * small, f"{small:,} calls, and {large:,} for four times the nodes"
