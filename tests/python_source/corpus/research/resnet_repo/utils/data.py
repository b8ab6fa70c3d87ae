import keras


def get_dataset(name):
    module, classes = {
        "cifar10": (keras.datasets.cifar10, 10),
        "cifar100": (keras.datasets.cifar100, 100),
    }[name]
    (x, y), (xt, yt) = module.load_data()
    mean = (0.4914, 0.4822, 0.4465)
    std = (0.2470, 0.2435, 0.2616)
    x = (x.astype("float32") / 255.0 - 0.47) / 0.25
    xt = (xt.astype("float32") / 255.0 - 0.47) / 0.25
    return (x, y), (xt, yt), classes
