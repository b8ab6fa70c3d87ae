"""
Title: Structured data and images in one model
"""
import keras
from keras import layers

FEATURES = {
    "age": {"dtype": "float32"},
    "weight": {"dtype": "float32"},
    "breed": {"dtype": "string", "vocabulary": 40},
    "color": {"dtype": "string", "vocabulary": 12},
}


def create_model_inputs():
    inputs = {}
    for feature_name, info in FEATURES.items():
        if info["dtype"] == "string":
            inputs[feature_name] = layers.Input(name=feature_name, shape=(), dtype="int32")
        else:
            inputs[feature_name] = layers.Input(name=feature_name, shape=(1,))
    return inputs


def encode_inputs(inputs):
    encoded = []
    for feature_name in inputs:
        if "vocabulary" in FEATURES[feature_name]:
            vocabulary = FEATURES[feature_name]["vocabulary"]
            embedding_dims = int(vocabulary**0.5)
            embedding = layers.Embedding(input_dim=vocabulary + 1, output_dim=embedding_dims)
            encoded.append(embedding(inputs[feature_name]))
        else:
            encoded.append(inputs[feature_name])
    return layers.concatenate(encoded)


def create_model(hidden_units=(64, 32), image_size=(120, 160)):
    inputs = create_model_inputs()
    deep = encode_inputs(inputs)
    for units in hidden_units:
        deep = layers.Dense(units)(deep)
        deep = layers.BatchNormalization()(deep)
        deep = layers.ReLU()(deep)

    image = keras.Input((*image_size, 3), name="image")
    cnn = keras.Sequential(
        [
            layers.Rescaling(1.0 / 255),
            *[layers.Conv2D(f, 3, strides=2, activation="relu") for f in (16, 32, 64)],
            layers.GlobalMaxPooling2D(),
        ],
        name="cnn",
    )
    merged = layers.concatenate([deep, cnn(image)])
    outputs = layers.Dense(units=1, activation="sigmoid")(merged)
    return keras.Model(inputs={**inputs, "image": image}, outputs=outputs)


model = create_model()
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=0.001),
    loss=keras.losses.BinaryCrossentropy(),
    metrics=[keras.metrics.BinaryAccuracy()],
)
