"""What TensorFlow keeps of a forward pass for its backward pass, against what cnnspec says it does.

The Keras model's training step is traced, and the tensors that its backward function takes and uses are summed up, each
once; views (reshapes) count as what they are views of, weights are left out. Prints the manual's table.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

VIEWS = ("Reshape", "Squeeze", "ExpandDims", "Identity", "StopGradient")
NETWORKS = ("lenet5", "alexnet", "vgg16", "resnet18", "resnet50", "inception_v3", "mobilenet_v2", "densenet121", "unet")
BATCH = 32


def kept(model: Any, shapes: Any, batch: int) -> int:
    """Bytes of the forward tensors that the backward function of a Keras model needs."""
    import tensorflow as tf

    @tf.function
    def forward(*x: Any) -> Any:
        made = model(list(x) if len(x) > 1 else x[0], training=True)
        outputs = made if isinstance(made, (list, tuple)) else [made]
        return tf.add_n([tf.reduce_sum(y * y) for y in outputs])

    @tf.function
    def step(*x: Any) -> Any:
        with tf.GradientTape() as tape:
            loss = forward(*x)
        return tape.gradient(loss, model.trainable_variables)

    graph = step.get_concrete_function(*[tf.TensorSpec((batch, *shape), "float32") for shape in shapes]).graph
    there, back = [op for op in graph.get_operations() if "PartitionedCall" in op.type]
    library = {f.signature.name: f for f in graph.as_graph_def().library.function}
    forward_def, backward_def = (library[op.get_attr("f").name] for op in (there, back))
    wanted = {id(tensor) for tensor in graph.outputs}
    asked = [tensor.consumers() or id(tensor) in wanted for tensor in back.outputs]
    used = _reachable(backward_def, asked)
    nodes = {node.name: node for node in forward_def.node_def}
    results = [forward_def.ret[arg.name] for arg in forward_def.signature.output_arg]
    source = dict(zip([tensor.name for tensor in there.outputs], results, strict=True))
    sizes = {}
    for argument, tensor in zip(backward_def.signature.input_arg, back.inputs, strict=True):
        if argument.name in used:
            name = source.get(tensor.name, tensor.name)
            while (node := nodes.get(name.split(":")[0])) is not None and node.op in VIEWS:
                name = node.input[0]
            if node is None or node.op != "ReadVariableOp":
                sizes[name] = tensor.shape.num_elements() * tensor.dtype.size
    return sum(sizes.values())


def _reachable(function: Any, asked: Sequence[Any]) -> set[str]:
    """Names of the nodes and arguments that those of a function's results which are asked for depend on."""
    nodes = {node.name: node for node in function.node_def}
    found: set[str] = set()
    results = zip(function.signature.output_arg, asked, strict=True)
    waiting = [function.ret[result.name].split(":")[0] for result, one in results if one]
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.add(name)
            whole = name in nodes and not nodes[name].op.startswith("Shape")  # sizes are known without the tensor
            waiting += [i.lstrip("^").split(":")[0] for i in nodes[name].input] if whole else []
    return found


def stated(network: Any, batch: int, frozen: Sequence[int] = ()) -> int:
    """The bytes that cnnspec says training keeps, for a network of `cnnspec.load`, some nodes of which are frozen."""
    from cnnspec.facts.training_memory import find_saved

    layers = find_saved(network.analysed.facts, frozen)
    assert layers is not None
    return batch * sum(4 * layer.values + layer.flags for layer in layers)


def main() -> None:
    import cnnspec

    print(f"| network | kept, batch {BATCH} | cnnspec says | measured / ours |")
    print("| --- | --- | --- | --- |")
    for name in NETWORKS:
        network = cnnspec.load(str(Path(__file__).parents[1] / "examples" / f"{name}.cnn"))
        ours, theirs = stated(network, BATCH), kept(network.to_keras(), network.inputs, BATCH)
        print(f"| {name} | {theirs / 2**20:,.1f} MiB | {ours / 2**20:,.1f} MiB | {theirs / ours:.4f} |")


if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))
    main()
