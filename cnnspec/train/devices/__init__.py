"""The devices that a training runs on: share, request < distribution; precision, output_losses < feed, mirrored < runtime."""
