"""S710 unused-ignore: a comment ignores a rule that finds nothing there.

What it stood for has been mended, or it stands in the wrong place; left alone, it would hide the next mistake. It is
reported when the rule ran and nothing kept the network from being built.

Bad:

    input 9x9x3
    conv(8, 3x3, stride=3)  # cnnspec: ignore[W201] the last row is black

Good:

    input 10x10x3
    conv(8, 3x3, stride=3)  # cnnspec: ignore[W201] the last row is black
"""

CODE = "S710"
DEFAULT = True
