"""The devices that a training runs on: share, request < distribution; precision, feed, mirrored < runtime."""
