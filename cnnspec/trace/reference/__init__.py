"""What every layer computes, forward and backward, in plain NumPy: the definition of each layer, as a program.

Each layer is two functions, under the layer's word in `LAYERS` of the file of its family:

    conv(layer, x, kernel, bias)                         the output
    conv_backward(layer, gradient, x, kernel, bias)      the gradients of x, kernel and bias, from that of the output

`layer` has the arguments; the inputs follow, and the weights by their names in Keras and in its shapes (`Layer.weights`).
Inputs have the batch first and the channels last, so that axes count as in Keras. An array of Python's Fractions is
computed exactly wherever a layer takes no root and no exponential.
"""
