"""Draw: how is a network built up? Its layers as boxes, its blocks as groups, its tensors as edges.

question  what is asked; forms: the file that answers it
outline   what is seen of a network
boxes     what every picture tells of a box
layered   places for boxes in nested groups; it knows nothing of networks
flow      a flow of boxes, as a drawing and in languages that draw by themselves; it asks the three before
volumes   a row of blocks in three dimensions; it asks outline and boxes
page      the interactive page of a flow
"""
