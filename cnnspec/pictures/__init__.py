"""What every picture is made of, and how it becomes a file: SVG, PDF, PNG or TikZ, all with the same coordinates.

A room computes a `Drawing` of rectangles, paths and words; a writer turns any drawing into a file of its kind. Colors are
names (`palette`), so that one drawing is right on light and on dark paper.
"""
