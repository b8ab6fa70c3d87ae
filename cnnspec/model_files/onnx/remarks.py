"""What a graph cannot show of an ONNX model, as sentences."""

from __future__ import annotations

import re

from cnnspec.base.count_nouns import count_nouns
from cnnspec.model_files.onnx.messages import FLOATS
from cnnspec.model_files.onnx.origins import CONVOLUTIONS
from cnnspec.model_files.views.weight_ref import Filled

TYPE_CHECKING = False
if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from cnnspec.model_files.onnx.messages import OnnxGraph
    from cnnspec.model_files.onnx.steps import Step
    from cnnspec.model_files.views.graph_builder import GraphBuilder

SHOWN = 3  # names in a sentence
COMPUTED = re.compile(r"onnx::Conv\w*_\d+")  # torch's name for a weight that an exporter has computed
TENSORFLOW = re.compile(r"/batchnorm/sub|fused_bn")  # names that tf2onnx gives to biases


def find_remarks(
    graph: OnnxGraph, read: Collection[str], steps: Sequence[Step], opaque: Sequence[str], builder: GraphBuilder
) -> list[str]:
    """Sentences; `read` are the names of values that something reads, `opaque` a line for each operator without a layer."""
    remarks = []
    unused = [t for t in graph.tensors if t.name not in read and t.type in FLOATS and t.count > 1]
    if unused:
        total = sum([tensor.count for tensor in unused])
        remarks.append(f"{total:,} parameters belong to no layer: {list_some([t.name for t in unused], ', ')}")
    made = [weight for weights in builder.weights.values() for weight in weights if isinstance(weight.stored, Filled)]
    affine = len(made) // 2  # their moving averages
    if affine:
        say = f"{count_nouns(affine, 'batch norm')} written as a factor and an offset of each channel"
        remarks.append(f"{say}: moving averages are counted for them, which are not in the file")
    if merged := len([step for step in steps if has_merged_norm(step)]):
        whose = "their convolutions" if merged > 1 else "its convolution"
        remarks.append(f"the exporter has merged {count_nouns(merged, 'batch norm')} into {whose}")
    if opaque:
        remarks.append(f"without a layer of the language: {list_some(opaque, '; ')}")
    return remarks


def has_merged_norm(step: Step) -> bool:
    """Whether the notes of a convolution or the names of its weights prove that a batch norm behind it was merged into it: torch's exporters
    compute both weights, or make the bias and name it after the kernel; in tf2onnx's files the bias is the norm's offset."""
    if step.origin.merged:
        return True
    if step.node.operator not in CONVOLUTIONS or len(step.node.inputs) < 3:
        return False
    _, kernel, bias = step.node.inputs[:3]
    if COMPUTED.fullmatch(kernel) and COMPUTED.fullmatch(bias) or bias == f"{kernel}_bias":
        return True
    return TENSORFLOW.search(bias) is not None


def list_some(items: Sequence[str], between: str) -> str:
    """The first of some items, and how many more there are."""
    more = f" and {len(items) - SHOWN} more" if len(items) > SHOWN else ""
    return between.join(items[:SHOWN]) + more
