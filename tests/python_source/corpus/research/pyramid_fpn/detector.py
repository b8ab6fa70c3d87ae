import math

import keras
from keras import layers, ops


class RetinaLike:
    def __init__(self, backbone, hp):
        self.backbone = backbone
        self.hp = hp
        self.lateral = [layers.Conv2D(hp.fpn_channels, 1, padding="same", name=f"lateral_p{i}") for i in (3, 4, 5)]
        self.smooth = [layers.Conv2D(hp.fpn_channels, 3, padding="same", name=f"smooth_p{i}") for i in (3, 4, 5)]
        self.cls_head = self.head(hp.num_anchors * hp.num_classes, "cls", prior=0.01)
        self.box_head = self.head(hp.num_anchors * 4, "box")

    def head(self, outputs, name, prior=None):
        bias = "zeros" if prior is None else keras.initializers.Constant(-math.log((1 - prior) / prior))
        net = keras.Sequential(name=name)
        net.add(keras.Input(shape=(None, None, self.hp.fpn_channels)))
        for _ in range(self.hp.head_depth):
            net.add(layers.Conv2D(self.hp.fpn_channels, 3, padding="same", activation="relu"))
        net.add(layers.Conv2D(outputs, 3, padding="same", bias_initializer=bias))
        return net

    def pyramid(self, c3, c4, c5):
        p3, p4, p5 = [conv(c) for conv, c in zip(self.lateral, (c3, c4, c5))]
        p4 = layers.Add()([p4, layers.UpSampling2D()(p5)])
        p3 = layers.Add()([p3, layers.UpSampling2D()(p4)])
        return [conv(p) for conv, p in zip(self.smooth, (p3, p4, p5))]

    def build_graph(self):
        image = keras.Input((self.hp.image_size, self.hp.image_size, 3), name="image")
        features = self.pyramid(*self.backbone(image))
        cls, box = [], []
        for f in features:
            cls.append(layers.Reshape((-1, self.hp.num_classes))(self.cls_head(f)))
            box.append(layers.Reshape((-1, 4))(self.box_head(f)))
        return keras.Model(image, [ops.concatenate(box, axis=1), layers.Concatenate(axis=1)(cls)], name="retina_like")
