SETTINGS = {"model": "tiny", "shape": (64, 64, 1), "classes": 1, "lr": 1e-3}
