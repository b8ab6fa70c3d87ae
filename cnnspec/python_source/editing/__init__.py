"""Changes of a Python source by its syntax tree: another argument in the call that makes a layer, a layer left out.

What cannot be said by such a change is `Inexpressible`, as in a spec; the rest of the text stays as it is, byte by byte.
"""
