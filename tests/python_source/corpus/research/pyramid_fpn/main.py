from detector import RetinaLike
from backbones import make_backbone
import hparams

hp = hparams.default()
hp = hparams.override(hp, "image_size=256,num_classes=20,fpn_channels=64")


def main(hp):
    backbone = make_backbone(hp.backbone, hp.image_size)
    detector = RetinaLike(backbone, hp).build_graph()
    print([o.shape for o in detector.outputs])
    return detector


if __name__ == "__main__":
    main(hp)
