from __future__ import annotations
def rewrite(tree):
    return tree
