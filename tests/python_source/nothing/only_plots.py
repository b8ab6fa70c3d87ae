import matplotlib.pyplot as plt
import numpy as np

x = np.linspace(-4, 4, 200)
for name, f in {"relu": lambda v: np.maximum(v, 0), "sigmoid": lambda v: 1 / (1 + np.exp(-v)), "tanh": np.tanh}.items():
    plt.plot(x, f(x), label=name)
plt.legend()
plt.title("Activation functions")
plt.savefig("activations.png")
