from keras import layers, Sequential


def tiny(shape, classes):
    return Sequential(
        [
            layers.Input(shape),
            layers.Conv2D(16, 3, activation="relu"),
            layers.MaxPooling2D(),
            layers.Flatten(),
            layers.Dense(classes, activation="sigmoid"),
        ]
    )


def factory(name):
    return {"tiny": tiny}[name]
