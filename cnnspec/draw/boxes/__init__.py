"""What every picture tells of a box: its words, figures and findings, its kind and color, the legend."""
