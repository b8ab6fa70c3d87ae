"""Makes the ONNX files that tests/model_files/onnx/test_fixtures.py reads: structure alone, some kilobytes each.

python -m tests.model_files.onnx.make_fixtures torch      needs torch, torchvision, timm, onnx and onnxscript
python -m tests.model_files.onnx.make_fixtures examples   needs cnnspec[onnx]: exports of examples/*.cnn

The weights are drawn by chance, so that exporters take none of them for another or for zero; then they are taken out: a
tensor of more than 64 numbers is said to stand in a file that is not there. `figures.json` has what torch counts.
"""

from __future__ import annotations

import gzip
import io
import json
import sys
import warnings
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent / "fixtures"
ROOT = Path(__file__).parents[3]
MOST = 64  # numbers of a tensor that are kept
Case = tuple[str, str, int, int | None]  # model, exporter, opset, batch (None: open)
TORCH: list[Case] = [
    ("torchvision:resnet18", "script", 9, 1),
    ("torchvision:mobilenet_v2", "script", 13, 4),
    ("torchvision:shufflenet_v2_x1_0", "script", 11, None),
    ("torchvision:lraspp_mobilenet_v3_large", "script", 11, None),
    ("torchvision:densenet121", "script", 17, 1),
    ("torchvision:convnext_tiny", "script", 17, None),
    ("torchvision:convnext_tiny", "dynamo", 18, None),
    ("torchvision:mobilenet_v3_small", "dynamo", 18, None),
    ("torchvision:efficientnet_b0", "dynamo", 20, 1),
    ("torchvision:googlenet", "dynamo", 23, 2),
    ("torchvision:resnet50", "unoptimised", 18, None),
    ("timm:resnetv2_50", "dynamo", 18, None),
    ("timm:ghostnet_100", "script", 16, None),
    ("own:Small", "dynamo", 18, None),
    ("own:Small", "unoptimised", 20, 1),
    ("own:Small", "script", 15, 1),
]


def main() -> None:
    HERE.mkdir(exist_ok=True)
    if sys.argv[1:2] == ["torch"]:
        wanted = sys.argv[2:]
        make_torch([case for case in TORCH if not wanted or case[0] in wanted])
    else:
        make_examples()


def name_fixture(model: str, exporter: str, opset: int, batch: int | None) -> str:
    return f"{model.replace(':', '_')}-{exporter}-{opset}-{batch or 'n'}"


def write(name: str, proto: Any, figures: dict[str, Any]) -> None:
    """One fixture, and its figures."""
    strip(proto)
    (HERE / f"{name}.onnx.gz").write_bytes(gzip.compress(proto.SerializeToString(), 9, mtime=0))
    path = HERE / "figures.json"
    known = json.loads(path.read_text()) if path.exists() else {}
    path.write_text(json.dumps(dict(sorted((known | {name: figures}).items())), indent=1) + "\n")
    print(name, figures, flush=True)


def strip(proto: Any) -> None:
    """Take weights out, and notes that nobody reads."""

    def tensors(graph: Any) -> Any:
        yield from graph.initializer
        for node in graph.node:
            for attribute in node.attribute:
                if attribute.type == 4:
                    yield attribute.t
                elif attribute.type == 5:
                    yield from tensors(attribute.g)

    for node in [*proto.graph.node, *[node for function in proto.functions for node in function.node]]:
        for entry in list(node.metadata_props):
            if entry.key not in ("pkg.torch.onnx.name_scopes", "pkg.torch.onnx.stack_trace"):
                node.metadata_props.remove(entry)
            else:
                entry.value = entry.value.replace(sys.prefix, "/usr").replace(str(ROOT), "/home/me")
    for tensor in tensors(proto.graph):
        count = 1
        for size in tensor.dims:
            count *= size
        if count > MOST and not (tensor.data_type == 7 and count < 4096):
            for field in ("raw_data", "float_data", "int32_data", "int64_data", "double_data", "external_data"):
                tensor.ClearField(field)
            tensor.data_location = 1
            tensor.external_data.add(key="location", value="weights.bin")


def count_numbers(proto: Any) -> int:
    """How many numbers the weights of a file are: what was drawn by chance is not whole, as scales and bounds are."""
    from onnx import numpy_helper

    arrays = [numpy_helper.to_array(t) for t in proto.graph.initializer if t.data_type == 1 and t.dims]
    return int(sum([array.size for array in arrays if (array != array.round()).any()]))


# ---- torch -----------------------------------------------------------------------------------------------------
def make_torch(cases: list[Case]) -> None:
    for case in cases:
        write(name_fixture(*case), *export_torch(case))


def export_torch(case: Case) -> tuple[Any, dict[str, int]]:
    """A model as torch's exporter writes it, and what torch counts of it."""
    import logging

    import torch
    from torch.utils.flop_counter import FlopCounterMode

    warnings.filterwarnings("ignore")
    logging.disable(logging.WARNING)
    model, shape = build(case[0])
    randomise(model)
    counter = FlopCounterMode(display=False)
    with torch.no_grad(), counter:
        model(torch.rand(1, *shape))
    proto = export(model, shape, *case[1:])
    statistics = [b.numel() for n, b in model.named_buffers() if n.endswith(("running_mean", "running_var"))]
    return proto, {
        "macs": counter.get_total_flops() // 2,
        "parameters": sum([p.numel() for p in model.parameters()]),
        "statistics": sum(statistics),
        "numbers": count_numbers(proto),
    }


def build(name: str) -> tuple[Any, tuple[int, ...]]:
    """A model of a library, or one of ours, and the shape of an example."""
    kind, _, word = name.partition(":")
    if kind == "torchvision":
        import torchvision

        segments = {"weights_backbone": None} if word.startswith(("lraspp", "deeplab", "fcn")) else {}
        return torchvision.models.get_model(word, weights=None, **segments).eval(), (3, 224, 224)
    if kind == "timm":
        import timm

        model = timm.create_model(word, pretrained=False).eval()
        return model, model.default_cfg["input_size"]
    from tests.model_files.onnx import torch_models

    return getattr(torch_models, word)().eval(), (3, 32, 32)


def randomise(model: Any) -> None:
    """Weights by chance: none is zero, and no two are alike."""
    import torch

    torch.manual_seed(1)
    for parameter in model.parameters():
        parameter.data.normal_(0.1, 0.05)
    for name, buffer in model.named_buffers():
        if name.endswith("running_mean"):
            buffer.normal_(0.1, 0.05)
        elif name.endswith("running_var"):
            buffer.uniform_(0.5, 1.5)


def export(model: Any, shape: tuple[int, ...], exporter: str, opset: int, batch: int | None) -> Any:
    """The model as torch's exporter writes it."""
    import onnx
    import torch

    x = torch.rand(batch or 2, *shape)
    if exporter == "script":
        file = io.BytesIO()
        axes = {"dynamic_axes": {"x": {0: "N"}}} if batch is None else {}
        torch.onnx.export(model, (x,), file, opset_version=opset, dynamo=False, input_names=["x"], **axes)
        return onnx.load_from_string(file.getvalue())
    shapes = {"dynamic_shapes": ({0: torch.export.Dim("N")},)} if batch is None else {}
    optimize = exporter == "dynamo"
    return torch.onnx.export(
        model, (x,), dynamo=True, opset_version=opset, verbose=False, optimize=optimize, **shapes
    ).model_proto


# ---- our own exports ---------------------------------------------------------------------------------------------
def make_examples() -> None:
    wanted = sys.argv[2:]
    for path in sorted((ROOT / "examples").glob("*.cnn")):
        if not wanted or path.stem in wanted:
            proto = export_example(path)
            write(f"example_{path.stem}", proto, {"numbers": count_numbers(proto)})


def export_example(path: Path) -> Any:
    """A spec as `cnnspec export` writes it."""
    import numpy as np

    import cnnspec
    from cnnspec.compile.to_onnx import to_onnx

    model = cnnspec.load(path).to_keras()
    random = np.random.default_rng(1)
    for weight in model.weights:
        positive = weight.path.endswith(("variance", "gamma"))
        weight.assign(random.uniform(0.5, 1.5, weight.shape) if positive else random.normal(0.1, 0.05, weight.shape))
    return to_onnx(model)


if __name__ == "__main__":
    main()
