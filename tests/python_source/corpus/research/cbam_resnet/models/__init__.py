from .resnet import resnet18, resnet34
