"""Specs whose candidates the searchers draw from."""

from __future__ import annotations

# most deep candidates are too large, and the best are deep and thin
DEEP = """model Deep(n=4, f=32, act=relu, classes=10) {
  input 32x32x3
  conv(f, 3x3, padding=same, activation=act)
  for i in 2..n { conv(f, 3x3, padding=same, activation=act) }
  gap
  dense(classes, softmax)
}
"""
# strides and kernels that do not fit make candidates illegal
CHAIN = """model Chain(size=24, k=3, p=2, w=[8, 8], scale=1.0) {
  input (size, size, 3)
  conv(w[0], k) -> relu -> maxpool(p)
  conv(floor(w[1] * scale), k) -> relu -> maxpool(p)
  conv(8, 3)
  gap -> dense(4)
}
"""
DIGITS = """model Digits(f=4, k=3, act=relu) {
  input 8x8x1
  conv(f, k, padding=same, activation=act)
  gap
  dense(10, softmax)
}
train {
  data = digits
  epochs = 2
  batch = 256
  optimizer = adam(0.01)
}
"""
# what makes sense stands in the text
FILLED = """model Filled(f=4 in 2..4) {
  input 8x8x1
  conv(f, 3x3, padding=same, activation=relu)
  conv(?second in [4, 8], 1x1) -> gap
  dense(10, softmax)
}
train { data = digits; epochs = 1; batch = 512 }
"""
