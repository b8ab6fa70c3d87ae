import lightning as L
import torch
from torch import nn
from torchmetrics import Accuracy


class LitClassifier(L.LightningModule):
    def __init__(self, width: int = 32, classes: int = 10, lr: float = 1e-3):
        super().__init__()
        self.save_hyperparameters()
        self.model = nn.Sequential(
            nn.LazyConv2d(width, 3), nn.BatchNorm2d(width), nn.ReLU(), nn.AdaptiveMaxPool2d(1), nn.Flatten(), nn.Linear(width, classes)
        )
        self.acc = Accuracy(task="multiclass", num_classes=classes)

    def forward(self, x):
        return self.model(x)

    def training_step(self, batch, idx):
        x, y = batch
        loss = nn.functional.cross_entropy(self(x), y)
        self.log("train_loss", loss)
        return loss

    def configure_optimizers(self):
        return torch.optim.AdamW(self.parameters(), lr=self.hparams.lr)


L.Trainer(max_epochs=3).fit(LitClassifier())
