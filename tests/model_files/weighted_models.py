"""Small torch modules with weights, and what torch computes with them: `python -m tests.model_files.weighted_models`.

It writes each as a .pt2 and two .onnx files into `weighted/`, of some KB, and into `answers.npz` an input and torch's output. Needs
torch, onnx and onnxscript.
"""

from __future__ import annotations

import io
import json
import warnings
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import onnx
import torch
from torch import nn

from tests.model_files.torch.make_fixtures import strip

HERE = Path(__file__).parent / "weighted"
SHAPE = (3, 7, 7)


class Windows(nn.Module):
    """Every kind of convolution, and the normalisations of maps."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 4, (3, 2), padding=1)
        self.deep = nn.Conv2d(4, 8, 3, groups=4, bias=False)
        self.bn = nn.BatchNorm2d(8)
        self.slope = nn.PReLU(8)
        self.groups = nn.Conv2d(8, 6, 2, groups=2, stride=(2, 1), padding=1)
        self.each = nn.InstanceNorm2d(6, affine=True)
        self.up = nn.ConvTranspose2d(6, 4, (3, 2), stride=2, padding=1)
        self.some = nn.GroupNorm(2, 4)
        self.last = nn.Conv2d(4, 2, 1)

    def forward(self, x: Any) -> Any:
        x = self.slope(self.bn(self.deep(self.conv(x))))
        return self.last(self.some(self.up(self.each(self.groups(x)))))


class Rows(nn.Module):
    """A map that is flattened channels first: what reads the row has its weights in that order."""

    def __init__(self) -> None:
        super().__init__()
        self.conv = nn.Conv2d(3, 5, 3, stride=2)
        self.bn = nn.BatchNorm1d(45)
        self.slope = nn.PReLU(45)
        self.dense = nn.Linear(45, 4)
        self.tail = nn.Linear(4, 3, bias=False)

    def forward(self, x: Any) -> Any:
        return self.tail(torch.tanh(self.dense(self.slope(self.bn(torch.flatten(self.conv(x), 1))))))


class LastAxis(nn.Module):
    """Channels last for a while: a layer normalisation, dense layers, a learned factor, as in ConvNeXt."""

    def __init__(self) -> None:
        super().__init__()
        self.stem = nn.Conv2d(3, 6, 2, stride=2)
        self.norm = nn.LayerNorm(6)
        self.wide = nn.Linear(6, 12)
        self.narrow = nn.Linear(12, 6)
        self.norm_factor = nn.Parameter(torch.ones(6))  # above 0, as known figures are too
        self.whole = nn.LayerNorm([6, 3, 3])
        self.head = nn.Linear(6, 3)

    def forward(self, x: Any) -> Any:
        x = self.stem(x)
        y = self.norm(x.permute(0, 2, 3, 1))
        y = self.norm_factor * self.narrow(nn.functional.gelu(self.wide(y)))
        return self.head(self.whole(x + y.permute(0, 3, 1, 2)).mean((2, 3)))


class Views(nn.Module):
    """Weights that are parts, transposes and repetitions of what the module holds; one of them used twice."""

    def __init__(self) -> None:
        super().__init__()
        self.both = nn.Parameter(torch.zeros(8, 3, 3, 3))
        self.bias = nn.Parameter(torch.zeros(8))
        self.matrix = nn.Parameter(torch.zeros(4, 4).t())
        self.again = nn.Linear(4, 4)
        self.register_buffer("blur", torch.zeros(3, 3), persistent=False)

    def forward(self, x: Any) -> Any:
        first, second = self.both.chunk(2)
        x = nn.functional.conv2d(x, self.blur[None, None].repeat(3, 1, 1, 1), padding=1, groups=3)
        y = nn.functional.conv2d(x, first, self.bias[:4]) + nn.functional.conv2d(x, second, self.bias[4:])
        y = y.amax((2, 3)) @ self.matrix
        return self.again(torch.sigmoid(self.again(y @ self.matrix.t().contiguous())))


MODELS = {"windows": Windows, "rows": Rows, "last_axis": LastAxis, "views": Views}


def make_model(name: str) -> nn.Module:
    """A model whose weights and moving figures are all of their own."""
    torch.manual_seed(7)
    module = MODELS[name]()
    with torch.no_grad():
        for key, tensor in [*module.named_parameters(), *module.named_buffers()]:
            if tensor.is_floating_point():
                tensor.uniform_(0.5, 1.5) if "var" in key or "norm" in key else tensor.normal_(0, 0.5)
    return module.eval()


def save_program(program: Any, path: Path) -> None:
    """The archive that torch writes, its graph without places; no example of an input."""
    whole = io.BytesIO()
    torch.export.save(program, whole)
    with zipfile.ZipFile(whole) as archive, zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as made:
        for name in archive.namelist():
            content = archive.read(name)
            member = f"{path.stem}/{name.partition('/')[2]}"
            if "/models/" in name:
                saved = json.loads(content)
                strip(saved["graph_module"]["graph"])
                for node in saved["graph_module"]["graph"]["nodes"]:
                    node["metadata"].pop("stack_trace")
                saved["graph_module"] = {key: saved["graph_module"][key] for key in ("graph", "signature")}
                content = json.dumps(saved, separators=(",", ":")).encode()
            if "sample_inputs" not in name:
                made.writestr(zipfile.ZipInfo(member), content, zipfile.ZIP_DEFLATED)


def save_onnx(module: nn.Module, x: Any, path: Path, **options: Any) -> None:
    """The model that torch writes, its nodes without places."""
    torch.onnx.export(module, (x,), str(path), **options)
    proto = onnx.load(path)
    for node in proto.graph.node:
        del node.metadata_props[:]
        node.doc_string = ""
    for value in [*proto.graph.value_info, *proto.graph.initializer, *proto.graph.input, *proto.graph.output]:
        del value.metadata_props[:]
    onnx.save(proto, path)


def write_files() -> None:
    HERE.mkdir(exist_ok=True)
    answers: dict[str, Any] = {}
    for name in MODELS:
        module = make_model(name)
        x = torch.randn(2, *SHAPE)
        answers[f"{name}_x"], answers[f"{name}_y"] = x.numpy(), module(x).detach().numpy()
        save_program(torch.export.export(module, (x,)), HERE / f"{name}.pt2")
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            save_onnx(module, x, HERE / f"{name}-dynamo.onnx", dynamo=True, external_data=False)
            save_onnx(module, x, HERE / f"{name}-script.onnx", dynamo=False)
    np.savez(HERE / "answers.npz", **answers)


if __name__ == "__main__":
    write_files()
