"""Structure-only .pt2 files, and what torch says of the same models: `python -m tests.model_files.torch.make_fixtures`.

Torch, torchvision, timm and segmentation_models_pytorch must be installed. Of each archive the graph alone is kept: no
weights, no strides, paths as on any machine. `figures.json` has the parameters (numel), the running statistics and the
multiply-accumulates (half of what FlopCounterMode counts) by which the tests go.
"""

from __future__ import annotations

import io
import json
import re
import sys
import zipfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import torch
from torch.utils.flop_counter import FlopCounterMode

from tests.model_files.torch.sample_models import SAMPLES

HERE = Path(__file__).parent
FIXTURES = HERE / "fixtures"
FIGURES = HERE / "figures.json"
ROOT = str(HERE.parents[2])
SITE = re.compile(r'File "[^"\n]*/site-packages/')
LARGE = ((1, 3, 224, 224),)
TORCHVISION = (
    "alexnet", "resnet18", "resnet50", "densenet121", "mobilenet_v2", "mobilenet_v3_small", "shufflenet_v2_x0_5",
    "squeezenet1_1", "efficientnet_b0", "googlenet",
)  # fmt: skip


def build_torchvision(name: str) -> Callable[[], torch.nn.Module]:
    def build() -> torch.nn.Module:
        import torchvision

        options: dict[str, Any] = {"init_weights": False} if name in ("googlenet", "inception_v3") else {}
        return torchvision.models.get_model(name, weights=None, **options)

    return build


def build_unet() -> torch.nn.Module:
    import segmentation_models_pytorch

    return segmentation_models_pytorch.Unet("resnet18", encoder_weights=None)


def list_models() -> dict[str, tuple[Callable[[], torch.nn.Module], tuple[tuple[int, ...], ...]]]:
    models: dict[str, Any] = dict(SAMPLES)
    models |= {name: (build_torchvision(name), LARGE) for name in TORCHVISION}
    models["unet_resnet18"] = (build_unet, ((1, 3, 64, 64),))
    return models


def build_without_values(build: Callable[[], torch.nn.Module]) -> torch.nn.Module:
    """A model on the meta device; made there where its code lets it be."""
    try:
        with torch.device("meta"):
            return build()
    except NotImplementedError:
        return build().to("meta")


def export(
    build: Callable[[], torch.nn.Module], shapes: tuple[tuple[int, ...], ...], training: bool = False, **options: Any
) -> torch.export.ExportedProgram:
    model = build_without_values(build).train(training)
    with torch.device("meta"):
        return torch.export.export(model, tuple(torch.empty(shape) for shape in shapes), **options)


def measure(build: Callable[[], torch.nn.Module], shapes: tuple[tuple[int, ...], ...]) -> dict[str, int]:
    """What torch says: the numbers of parameters and of running statistics, and half of the operations for one example."""
    model = build_without_values(build).eval()
    with torch.device("meta"), FlopCounterMode(display=False) as counter, torch.no_grad():
        model(*[torch.empty(1, *shape[1:]) for shape in shapes])
    return {
        "parameters": sum(p.numel() for p in model.parameters()),
        "statistics": sum(b.numel() for n, b in model.named_buffers() if n.endswith(("running_mean", "running_var"))),
        "macs": counter.get_total_flops() // 2,
    }


def save_structure(program: torch.export.ExportedProgram, path: Path) -> None:
    """The archive that torch writes, without everything but the graph."""
    whole = io.BytesIO()
    torch.export.save(program, whole)
    with zipfile.ZipFile(whole) as archive:
        (name,) = [name for name in archive.namelist() if re.search(r"/models/[^/]+\.json$", name)]
        saved = json.loads(archive.read(name))
    strip(saved["graph_module"]["graph"])
    saved["graph_module"] = {key: saved["graph_module"][key] for key in ("graph", "signature")}
    path.parent.mkdir(exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        for member, content in {
            "archive_format": "pt2",
            "models/model.json": json.dumps(saved, separators=(",", ":")),
        }.items():
            archive.writestr(zipfile.ZipInfo(f"{path.stem}/{member}"), content, zipfile.ZIP_DEFLATED, 9)


def strip(graph: dict[str, Any]) -> None:
    """Leave of values their shapes, of nodes their places and modules; paths are as on any machine."""
    frozen = {"requires_grad": False}  # which is said of parameters alone: of other values it says nothing
    graph["tensor_values"] = {
        name: {"dtype": value["dtype"], "sizes": value["sizes"]}
        | (frozen if name.startswith("p_") and not value["requires_grad"] else {})
        for name, value in graph["tensor_values"].items()
    }
    for node in graph["nodes"]:
        metadata = node["metadata"]
        trace = SITE.sub('File "/usr/lib/python3/site-packages/', metadata.get("stack_trace", "")).replace(
            ROOT, "/project"
        )
        node["metadata"] = {"stack_trace": trace, "nn_module_stack": metadata.get("nn_module_stack", "")}
        for argument in node["inputs"]:
            if "as_graph" in argument["arg"]:
                strip(argument["arg"]["as_graph"]["graph"])


def main(*wanted: str) -> None:
    """Makes all fixtures, or those that are wanted."""
    figures: dict[str, Any] = json.loads(FIGURES.read_text()) if wanted else {}
    for name, (build, shapes) in list_models().items():
        if wanted and name not in wanted:
            continue
        figures[name] = measure(build, shapes)
        save_structure(export(build, shapes), FIXTURES / f"{name}.pt2")
        print(name, figures[name], (FIXTURES / f"{name}.pt2").stat().st_size, file=sys.stderr)
    tiny, shapes = SAMPLES["tiny"]
    open_batch = {0: torch.export.Dim("batch"), 2: torch.export.Dim("height", min=8)}
    variants = {
        "tiny_core": export(tiny, shapes).run_decompositions(),
        "tiny_training": export(tiny, shapes, training=True),
        "tiny_training_core": export(tiny, shapes, training=True).run_decompositions(),
        "tiny_open": export(tiny, shapes, dynamic_shapes=(open_batch,)),
        "operators_core": export(*SAMPLES["operators"]).run_decompositions(),
    }
    for name, program in variants.items():
        figures[name] = figures[name.partition("_")[0]]
        save_structure(program, FIXTURES / f"{name}.pt2")
    FIGURES.write_text(json.dumps(figures, indent=1) + "\n")


if __name__ == "__main__":
    main(*sys.argv[1:])
