# SimCLR pretraining + linear probe. Config is a plain dict so that sweeps are easy.
import tensorflow as tf
import keras
from keras import layers

from config import CONFIG
from augment import Augmenter
from encoder import get_encoder
from simclr import ContrastiveModel


def main(config=CONFIG):
    encoder = get_encoder(**config["encoder"])
    pretraining_model = ContrastiveModel(
        encoder,
        contrastive_augmenter=Augmenter(config["image_size"], **config["augment"]["contrastive"]),
        width=config["encoder"]["width"],
        temperature=config["temperature"],
    )
    pretraining_model.compile(
        contrastive_optimizer=keras.optimizers.Adam(),
        probe_optimizer=keras.optimizers.Adam(),
    )

    # Supervised finetuning of the pretrained encoder
    finetuning_model = keras.Sequential(
        [
            layers.Input(shape=(config["image_size"], config["image_size"], config["channels"])),
            Augmenter(config["image_size"], **config["augment"]["classification"]),
            pretraining_model.encoder,
            layers.Dense(config["classes"]),
        ],
        name="finetuning_model",
    )
    finetuning_model.compile(
        optimizer=keras.optimizers.Adam(),
        loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
        metrics=[keras.metrics.SparseCategoricalAccuracy(name="acc")],
    )
    finetuning_model.summary()


if __name__ == "__main__":
    main()
