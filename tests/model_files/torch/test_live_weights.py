"""Weights of live torch modules in Keras, where torch is installed: the outputs are torch's."""

from __future__ import annotations

from typing import Any

import numpy
import pytest

import cnnspec
from tests.support import IN_THOROUGH

torch = pytest.importorskip("torch", reason="torch is an extra: these tests run where it is installed")

# Of torchvision: the name, and the size of the image. AlexNet's and SqueezeNet's adaptive pools need a larger one.
MODELS = {
    "alexnet": 224, "vgg11_bn": 224, "squeezenet1_1": 224, "googlenet": 96, "densenet121": 64, "resnet18": 64,
    "resnext50_32x4d": 64, "mobilenet_v2": 64, "mobilenet_v3_small": 64, "mnasnet0_5": 64, "shufflenet_v2_x0_5": 64,
    "efficientnet_b0": 64, "regnet_y_400mf": 64, "convnext_tiny": 64,
}  # fmt: skip


def randomize(module: Any) -> Any:
    """The module with weights and moving figures of their own, and values that neither vanish nor grow."""
    torch.manual_seed(3)
    with torch.no_grad():
        for name, tensor in [*module.named_parameters(), *module.named_buffers()]:
            if (
                name.endswith(("running_var", "bn.weight", "norm.weight"))
                or tensor.ndim == 1
                and name.endswith("weight")
            ):
                tensor.uniform_(0.5, 1.5)
            elif tensor.is_floating_point():
                tensor.normal_(0, 0.1 if tensor.ndim < 2 else (2 / tensor[0].numel()) ** 0.5)
    return module.eval()


def find_distance(module: Any, shape: tuple[int, ...], dtype: str) -> float:
    """How far the outputs in Keras are from torch's, of the largest."""
    import keras

    before = keras.config.dtype_policy(), keras.config.floatx()
    try:
        keras.config.set_floatx(dtype)
        keras.config.set_dtype_policy(dtype)
        module = module.to(getattr(torch, dtype))
        x = torch.randn(2, *shape, dtype=getattr(torch, dtype))
        model = cnnspec.from_torch(module, shape).to_keras(weights=module)
        made = numpy.asarray(model(x.numpy().transpose(0, 2, 3, 1), training=False))
    finally:
        keras.config.set_dtype_policy(before[0])
        keras.config.set_floatx(before[1])
        keras.backend.clear_session()
    wanted = module(x).detach().numpy()
    made = made.transpose(0, 3, 1, 2) if made.ndim == 4 else made
    assert made.shape == wanted.shape and numpy.isfinite(wanted).all() and wanted.std() > 0
    return float(abs(made - wanted).max() / abs(wanted).max())


@IN_THOROUGH
@pytest.mark.parametrize(("dtype", "most"), [("float32", 1e-4), ("float64", 1e-6)])
@pytest.mark.parametrize("name", MODELS)
def test_the_outputs_of_torchvision_are_those_of_torch(name: str, dtype: str, most: float) -> None:
    torchvision = pytest.importorskip("torchvision")
    options: dict[str, Any] = {"init_weights": False} if name == "googlenet" else {}
    module = randomize(torchvision.models.get_model(name, weights=None, **options))
    assert find_distance(module, (3, MODELS[name], MODELS[name]), dtype) < most


def test_the_outputs_of_what_cnns_are_made_of_by_hand_are_those_of_torch() -> None:
    from tests.model_files.torch.sample_models import Response

    assert find_distance(randomize(Response()), (3, 32, 32), "float32") < 1e-5


def test_a_module_of_doubles_is_taken_as_it_is() -> None:
    module = randomize(torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.ReLU()))
    assert find_distance(module, (3, 8, 8), "float64") < 1e-12


@pytest.mark.parametrize(("options", "alike"), [
    ({"size": (9, 9), "mode": "nearest"}, False),
    ({"size": (18, 12), "mode": "nearest"}, True),
    ({"size": (9, 9), "mode": "nearest-exact"}, True),
    ({"scale_factor": 1.7, "mode": "nearest"}, False),
    ({"scale_factor": 1.7, "mode": "bilinear"}, False),
    ({"size": (9, 4), "mode": "bilinear"}, True),
    ({"scale_factor": 2, "mode": "bicubic"}, False),
])  # fmt: skip
def test_a_resize_is_torchs_or_refused(options: dict[str, Any], alike: bool) -> None:
    class Resized(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.conv = torch.nn.Conv2d(3, 4, 1)

        def forward(self, x: Any) -> Any:
            return torch.nn.functional.interpolate(self.conv(x), **options)

    module = randomize(Resized())
    if alike:
        assert find_distance(module, (3, 6, 6), "float32") < 1e-5
        return
    with pytest.raises(ValueError, match="is computed otherwise in Keras, so that the outputs would be others"):
        find_distance(module, (3, 6, 6), "float32")


def test_groups_of_a_row_that_was_flattened_are_torchs() -> None:
    module = randomize(torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.Flatten(), torch.nn.GroupNorm(4, 64)))
    assert find_distance(module, (3, 6, 6), "float64") < 1e-10


def test_a_module_with_the_names_of_to_torch_is_taken_by_what_it_computes() -> None:
    class Named(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.a, self.b = torch.nn.Conv2d(3, 4, 3), torch.nn.Linear(64, 2)

        def forward(self, x: Any) -> Any:
            return self.b(self.a(x).permute(0, 2, 3, 1).flatten(1))

    module = randomize(Named())
    net = cnnspec.loads("input 6x6x3\nconv(4, 3x3) as a\nflatten -> dense(2) as b")
    x = torch.randn(2, 3, 6, 6)
    made = numpy.asarray(net.to_keras(weights=module)(x.numpy().transpose(0, 2, 3, 1)))
    assert abs(made - module(x).detach().numpy()).max() < 1e-5


def test_a_spec_takes_the_weights_of_a_module_of_the_same_network() -> None:
    module = randomize(
        torch.nn.Sequential(torch.nn.Conv2d(3, 4, 3), torch.nn.ReLU(), torch.nn.Flatten(), torch.nn.Linear(144, 2))
    )
    net = cnnspec.loads("input 8x8x3\nconv(4, 3x3) -> relu -> flatten -> dense(2)")
    x = torch.randn(2, 3, 8, 8)
    made = numpy.asarray(net.to_keras(weights=module)(x.numpy().transpose(0, 2, 3, 1)))
    assert abs(made - module(x).detach().numpy()).max() < 1e-5
    with pytest.raises(ValueError, match="the network of these weights is another than"):
        cnnspec.loads("input 8x8x3\nconv(4, 3x3) -> relu -> flatten -> dense(3)").to_keras(weights=module)


@pytest.mark.parametrize("change", [("stride=2", "stride=1"), ("self.conv(x)", "self.conv(x.flip(2))")])
def test_a_changed_module_of_to_torch_is_not_taken_by_its_names(change: tuple[str, str]) -> None:
    net = cnnspec.loads("input 9x9x3\nblock f(n) { conv(n, 3x3, stride=2) -> relu }\nf(4) -> gap -> dense(2)")
    text = net.to_source("torch")
    assert text.count(change[0]) == 1
    made: dict[str, Any] = {}
    for name, source in (("own", text), ("other", text.replace(*change))):
        scope: dict[str, Any] = {"__name__": "somebodys"}
        exec(source, scope)
        made[name] = next(v for v in scope.values() if isinstance(v, type) and v.__name__ == "Text")().eval()
    assert made["own"].state_dict().keys() == made["other"].state_dict().keys()
    net.to_keras(weights=made["own"])
    with pytest.raises(ValueError, match="the network of these weights is another than"):
        net.to_keras(weights=made["other"])
