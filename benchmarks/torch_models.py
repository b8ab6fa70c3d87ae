"""Models of torchvision, timm and segmentation_models_pytorch, read and compared with torch: `python -m benchmarks.torch_models`.

It prints the table of docs/torch-models.md. Needs torch, torchvision, timm and segmentation_models_pytorch, and some minutes.

Each is built without weights, exported, and read as a .pt2 file is. Its parameters must be numel, its frozen ones the moving
figures, its MACs half of what FlopCounterMode counts, and the shape of each operator torch's (a contradiction is refused).
The text that `import` writes must read back as the same network. Names of models as arguments, all of them without.
"""

from __future__ import annotations

import logging
import math
import sys
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from cnnspec.graph import Graph
from cnnspec.lint import rules
from cnnspec.lint.context import Context
from cnnspec.lint.selection import Selection
from cnnspec.model_files.refusal import ModelRefused
from cnnspec.model_files.torch.live import convert_module
from cnnspec.spec_writer import to_text
from tests.model_files.torch.make_fixtures import build_torchvision, build_without_values, measure

TORCHVISION = (
    "alexnet", "vgg11", "vgg16_bn", "resnet18", "resnet34", "resnet50", "resnet101", "resnet152",
    "resnext50_32x4d", "resnext101_64x4d", "wide_resnet50_2", "densenet121", "densenet161", "densenet169",
    "densenet201", "mobilenet_v2", "mobilenet_v3_small", "mobilenet_v3_large", "mnasnet0_5", "mnasnet1_0",
    "shufflenet_v2_x0_5", "shufflenet_v2_x1_0", "shufflenet_v2_x2_0", "squeezenet1_0", "squeezenet1_1",
    "efficientnet_b0", "efficientnet_b3", "efficientnet_b7", "efficientnet_v2_s", "efficientnet_v2_m",
    "regnet_y_400mf", "regnet_x_400mf", "regnet_y_8gf", "regnet_x_32gf", "convnext_tiny", "convnext_base",
    "googlenet", "inception_v3",
)  # fmt: skip
SEGMENTATION = (
    "fcn_resnet50", "fcn_resnet101", "deeplabv3_resnet50", "deeplabv3_mobilenet_v3_large",
    "lraspp_mobilenet_v3_large",
)  # fmt: skip
TIMM = (
    "resnet26d", "resnetv2_50x1_bit", "seresnet50", "skresnet18", "ecaresnet26t", "resnest14d",
    "res2net50_26w_4s", "dla34", "dpn68", "hrnet_w18_small", "vovnet39a", "cspresnet50", "darknet53",
    "ghostnet_100", "mobilenetv4_conv_small", "mixnet_s", "tf_efficientnetv2_b0", "rexnet_100", "repvgg_a0",
    "nf_resnet50", "inception_v4", "inception_resnet_v2", "xception41", "nasnetalarge", "pnasnet5large",
    "selecsls42b", "hardcorenas_a", "fbnetc_100", "convnextv2_atto", "regnetz_b16", "lcnet_050", "tresnet_m",
    "starnet_s1", "fastvit_t8", "mobileone_s0", "inception_next_tiny", "poolformer_s12", "convmixer_768_32",
    "hgnetv2_b0", "senet154", "resnet50_gn", "cs3darknet_m", "ese_vovnet19b_dw", "resnetblur50", "gcresnet33ts",
    "eca_nfnet_l0", "convformer_s18", "poolformerv2_s12", "swiftformer_xs", "caformer_s18",
    "mobilenetv4_hybrid_medium", "efficientvit_b0", "lambda_resnet26t",
)  # fmt: skip
SMP = (
    "Unet", "UnetPlusPlus", "MAnet", "Linknet", "FPN", "PSPNet", "PAN", "DeepLabV3", "DeepLabV3Plus", "UPerNet",
)  # fmt: skip
Build = Callable[[], Any]


def list_models() -> Iterator[tuple[str, Build, int]]:
    """Each model: its name, what builds it, and the size of its input."""
    for name in TORCHVISION:
        yield name, build_torchvision(name), 299 if name == "inception_v3" else 224
    for name in SEGMENTATION:
        yield name, build_segmentation(name), 224
    for name in TIMM:
        yield f"timm {name}", build_timm(name), 0
    for name in SMP:
        yield f"smp {name}", build_smp(name), 256


def build_segmentation(name: str) -> Build:
    def build() -> Any:
        import torchvision

        return torchvision.models.get_model(name, weights=None, weights_backbone=None)

    return build


def build_timm(name: str) -> Build:
    def build() -> Any:
        import timm

        return timm.create_model(name, pretrained=False)

    return build


def build_smp(name: str) -> Build:
    def build() -> Any:
        import segmentation_models_pytorch

        return getattr(segmentation_models_pytorch, name)("resnet34", encoder_weights=None)

    return build


def compare(build: Build, size: int) -> list[str]:
    """The cells of a model's row: its input, layers, lines of text, parameters and those of no layer, MACs, receptive field,
    findings, and the layers without a word in the language, or what is not as torch says."""
    module = build_without_values(build)
    shape = (3, size, size) if size else tuple(module.default_cfg["input_size"])
    torch_says = measure(lambda: module, ((1, *shape),))
    graph = convert_module(module, [shape])
    context = Context(graph, {})
    total, field = context.facts.total, context.facts.receptive_field
    text = to_text(graph)
    graph.assign_names()
    found = Counter([found.code for found in rules.check(context, Selection().codes(("keras",)))])
    opaque = [node for node in graph.nodes if node.layer is not None and node.layer.names[0] == "opaque"]
    missing = torch_says["parameters"] - total.trainable
    frozen = count_frozen(graph)
    wrong = []
    if missing and f"{missing:,} parameters belong to no layer" not in graph.remark:
        wrong.append(f"parameters: torch has {torch_says['parameters']:,}")
    if frozen > torch_says["statistics"] or frozen < torch_says["statistics"] and not missing:
        wrong.append(f"frozen: {frozen:,}, torch has {torch_says['statistics']:,}")
    if total.macs != torch_says["macs"] and not opaque:
        wrong.append(f"MACs: torch has {torch_says['macs']:,}")
    names = ", ".join([name for name, _ in Counter([node.layer.op for node in opaque]).items()])
    return [
        "x".join(map(str, graph.nodes[graph.inputs[0]].shape or ())),
        str(len(graph.nodes) - len(graph.inputs)),
        str(len([line for line in text.splitlines() if line])),
        f"{total.trainable:,}",
        f"{missing:,}" if missing else "",
        "?" if total.macs is None else f"{total.macs / 1e9:.3f} G",
        "?" if field is None else "x".join([str(axis.size) for axis in field]),
        ", ".join([code if count == 1 else f"{count} {code}" for code, count in sorted(found.items())]),
        "; ".join(wrong) or names,
    ]


def count_frozen(graph: Graph) -> int:
    """The weights that training does not change, but for fixed filters, which are no moving figures."""
    total = 0
    for node in graph.nodes:
        shapes = graph.input_shapes(node)
        if node.layer is not None and node.layer.trainable and node.shares is None and shapes is not None:
            total += sum([math.prod(weight.shape) for weight in node.layer.weights(shapes) if not weight.trainable])
    return total


def main(*wanted: str) -> None:
    warnings.simplefilter("ignore")
    logging.disable(logging.CRITICAL)
    print("| model | input | layers | lines | parameters | of no layer | MACs | receptive field | findings | opaque |")
    print("| --- " * 10 + "|")
    for name, build, size in list_models():
        if not wanted or name.split()[-1] in wanted:
            try:
                cells = compare(build, size)
            except ModelRefused as refusal:
                cells = ["refused:", *refusal.lines]
            print("| " + " | ".join([name, *cells]) + " |", flush=True)


if __name__ == "__main__":
    main(*sys.argv[1:])
