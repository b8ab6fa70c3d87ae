CONFIG = {
    "image_size": 96,
    "channels": 3,
    "classes": 10,
    "temperature": 0.1,
    "encoder": dict(size=96, channels=3, width=128, depth=4),
    "augment": {
        "contrastive": {"min_area": 0.25, "brightness": 0.6, "jitter": 0.2},
        "classification": {"min_area": 0.75, "brightness": 0.3, "jitter": 0.1},
    },
}

# old runs
# CONFIG["encoder"]["width"] = 64
CONFIG["encoder"].update(kernel=3)
