"""What a model's messages say, in one form: as onnx's own parser reads them, and as ours does."""

from __future__ import annotations

from typing import Any

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

from cnnspec.model_files.onnx import messages


# ---- onnx's own parser ---------------------------------------------------------------------------------------
def tensor_of(proto: Any) -> Any:
    values: Any = None
    here = proto.data_location != TensorProto.EXTERNAL
    if here and proto.data_type in messages.FORMATS | {16: ""} and np.prod(proto.dims) <= messages.MAX_VALUES:
        array = numpy_helper.to_array(proto)
        values = array.astype("float64" if array.dtype.kind in "fV" else array.dtype).ravel().tolist()
    return ("tensor", proto.name, list(proto.dims), proto.data_type, values)


def value_of(proto: Any) -> Any:
    if not proto.type.HasField("tensor_type"):
        return (proto.name, 0, None)
    tensor = proto.type.tensor_type
    sizes = [d.dim_value if d.dim_value > 0 else d.dim_param or None for d in tensor.shape.dim]
    return (proto.name, tensor.elem_type, sizes if tensor.HasField("shape") else None)


def attribute_of(proto: Any) -> Any:
    found = helper.get_attribute_value(proto) if not proto.ref_attr_name else None
    if proto.type == onnx.AttributeProto.GRAPH:
        found = graph_of(found)
    elif proto.type == onnx.AttributeProto.TENSOR:
        found = tensor_of(found)
    elif proto.type == onnx.AttributeProto.STRINGS:
        found = [s.decode() for s in found]
    elif isinstance(found, bytes):
        found = found.decode()
    return (proto.name, proto.type, proto.ref_attr_name, list(found) if hasattr(found, "append") else found)


def node_of(n: Any) -> Any:
    notes = [(entry.key, entry.value) for entry in n.metadata_props]
    names = (n.name, n.op_type, n.domain, n.overload, list(n.input), list(n.output))
    return (*names, [attribute_of(a) for a in n.attribute], notes)


def graph_of(g: Any) -> Any:
    parts = [[value_of(v) for v in values] for values in (g.input, g.output, g.value_info)]
    return (g.name, [node_of(n) for n in g.node], [tensor_of(t) for t in g.initializer], *parts)


def function_of(f: Any) -> Any:
    lists = [list(f.input), list(f.output), list(f.attribute), [attribute_of(a) for a in f.attribute_proto]]
    opsets = [(o.domain, o.version) for o in f.opset_import]
    return (
        f.name,
        f.domain,
        f.overload,
        *lists,
        [node_of(n) for n in f.node],
        opsets,
        [value_of(v) for v in f.value_info],
    )


def model_of(m: Any) -> Any:
    opsets = [(o.domain, o.version) for o in m.opset_import]
    return (
        m.ir_version,
        m.producer_name,
        m.producer_version,
        opsets,
        graph_of(m.graph),
        [function_of(f) for f in m.functions],
    )


# ---- ours, in the same form --------------------------------------------------------------------------------------
def our_tensor(t: Any) -> Any:
    values = t.read_values()
    return ("tensor", t.name, list(t.dims), t.type, None if values is None else list(values))


def our_value(v: Any) -> Any:
    return (v.name, v.element, None if v.shape is None else list(v.shape))


def our_attribute(a: Any) -> Any:
    found = a.value if not a.reference else None
    if isinstance(found, messages.OnnxTensor):
        found = our_tensor(found)
    elif isinstance(found, messages.OnnxGraph):
        found = our_graph(found)
    elif isinstance(found, tuple):
        found = list(found)
    return (a.name, a.kind, a.reference, found)


def our_node(n: Any) -> Any:
    notes = [(entry.key, entry.text.read().decode()) for entry in n.notes]
    names = (n.name, n.operator, n.domain, n.overload, list(n.inputs), list(n.outputs))
    return (*names, [our_attribute(a) for a in n.attributes], notes)


def our_graph(g: Any) -> Any:
    parts = [[our_value(v) for v in values] for values in (g.inputs, g.outputs, g.values)]
    return (g.name, [our_node(n) for n in g.nodes], [our_tensor(t) for t in g.tensors], *parts)


def our_function(f: Any) -> Any:
    lists = [list(f.inputs), list(f.outputs), list(f.attributes), [our_attribute(a) for a in f.defaults]]
    opsets = [(o.domain, o.version) for o in f.opsets]
    return (
        f.name,
        f.domain,
        f.overload,
        *lists,
        [our_node(n) for n in f.nodes],
        opsets,
        [our_value(v) for v in f.values],
    )


def our_model(m: Any) -> Any:
    opsets = [(o.domain, o.version) for o in m.opsets]
    return (
        m.ir_version,
        m.producer,
        m.producer_version,
        opsets,
        our_graph(m.graphs[0]),
        [our_function(f) for f in m.functions],
    )
