"""Where a training runs: share < distribution, devices, precision < place."""
