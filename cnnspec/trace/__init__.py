"""The numbers of a network: what every layer computes from an input, and the gradients that go back."""
