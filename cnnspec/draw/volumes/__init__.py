"""Volumes: the tensors of a network as a row of boxes in three dimensions, as papers draw them.

wiring    which edges make the row, and which go over it, as the copies of a U-Net do
sections  the row: layers through which everything goes, and lanes beside one another between two of them
building  what is one box, so that as much is seen as fits a page, by
          naming (parts of the text), making (one box) and joining (boxes behind one another)
scale     how large the box of a shape is
solids    a box in oblique projection, with its sizes at its edges
placing   where the boxes stand, and the lines between them
picture   the drawing
"""

from cnnspec.draw.volumes.picture import draw_volumes as draw_volumes
