"""Repairs: edits of the text that clear a finding, proposed only after they have been tried.

The `fix` in a finding's file says which edits might clear it. Each proposal is made to a copy in memory, that is analysed
as the file was, and kept only when the finding is gone and no other has come (`project`); a safe one must leave the
network computing what it did (`behaviour`). What several fixes share has a module here, called by what it edits:
`arguments`, `kernel_sizes`, `paddings`, `input_sizes`, `functions`, `flattening`, `losses`.
"""
