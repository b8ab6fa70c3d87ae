import torch
import torchvision
from torchvision import models, transforms
from torch.optim import lr_scheduler

model_ft = models.resnet50(weights=models.ResNet50_Weights.DEFAULT)
for param in model_ft.parameters():
    param.requires_grad = False
num_ftrs = model_ft.fc.in_features
model_ft.fc = torch.nn.Linear(num_ftrs, 2)
criterion = torch.nn.CrossEntropyLoss()
optimizer = torch.optim.Adam(model_ft.fc.parameters())
