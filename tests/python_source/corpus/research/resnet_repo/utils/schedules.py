import math


def cosine(base, epochs):
    def schedule(epoch):
        return 0.5 * base * (1 + math.cos(math.pi * epoch / epochs))
    return schedule
