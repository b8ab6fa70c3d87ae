"""The texts of ONNX models, as people would write them, and what is said of batch norms that are gone."""

from __future__ import annotations

import gzip

import pytest

from cnnspec.graph import Graph
from cnnspec.model_files.onnx.model_reader import read_model
from cnnspec.model_files.onnx.to_graph import convert_model
from cnnspec.spec_writer import to_text
from tests.model_files.onnx.test_fixtures import FIXTURES

LINES = {  # at most
    "torchvision_densenet121-script-17-1": 26,
    "torchvision_googlenet-dynamo-23-2": 44,
    "torchvision_mobilenet_v2-script-13-4": 20,
    "torchvision_resnet18-script-9-1": 15,
    "torchvision_resnet50-unoptimised-18-n": 22,
    "torchvision_shufflenet_v2_x1_0-script-11-n": 30,
    "example_densenet121": 20,
}
MERGED = {  # batch norms whose convolutions' weights tell of them; those of the model less those that stand before a relu
    "example_alexnet": 0,
    "example_densenet121": 59,
    "example_resnet18": 20,
    "example_resnet50_keras": 0,
    "example_unet": 0,
    "timm_ghostnet_100-script-16-n": 80,
    "torchvision_convnext_tiny-dynamo-18-n": 0,
    "torchvision_convnext_tiny-script-17-n": 0,
    "torchvision_densenet121-script-17-1": 59,
    "torchvision_efficientnet_b0-dynamo-20-1": 49,
    "torchvision_mobilenet_v3_small-dynamo-18-n": 34,
    "torchvision_resnet18-script-9-1": 20,
    "torchvision_resnet50-unoptimised-18-n": 0,
    "own_Small-script-15-1": 1,
    "own_Small-unoptimised-20-1": 0,
}

RESNET18 = """\
model torchvision_resnet18_script_9_1 {
  input 224x224x3
  conv(64, 7x7, stride=2, padding=3) as conv1 -> relu -> maxpool(3x3, stride=2, padding=1)
  (add(conv(64, 3x3, padding=1) -> relu -> conv(64, 3x3, padding=1), in) -> relu) * 2
  for filters in [128, 256, 512] {
    add(
      conv(filters, 3x3, stride=2, padding=1) -> relu -> conv(filters, 3x3, padding=1),
      conv(filters, 1x1, stride=2),
    )
    relu
    add(conv(filters, 3x3, padding=1) -> relu -> conv(filters, 3x3, padding=1), in) -> relu
  }
  gap -> dense(1000)
}
"""


def graph_of(name: str) -> Graph:
    return convert_model(read_model(gzip.decompress((FIXTURES / f"{name}.onnx.gz").read_bytes())), name)


def test_text() -> None:
    assert to_text(graph_of("torchvision_resnet18-script-9-1")) == RESNET18


@pytest.mark.parametrize("name", LINES)
def test_no_more_lines(name: str) -> None:
    assert to_text(graph_of(name)).count("\n") <= LINES[name]


@pytest.mark.parametrize("name", MERGED)
def test_merged_norms_are_said(name: str) -> None:
    count = MERGED[name]
    said = [part for part in graph_of(name).remark.split("; ") if "merged" in part]
    nouns = f"{count} batch norm{'s' * (count > 1)} into {'their convolutions' if count > 1 else 'its convolution'}"
    assert said == ([f"the exporter has merged {nouns}"] if count else [])
