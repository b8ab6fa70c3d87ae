"""What is seen of a network: its tree of blocks, loops and modules, what repeats in it, and the boxes at a depth."""
