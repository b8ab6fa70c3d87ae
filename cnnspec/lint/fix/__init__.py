"""Repairs: edits of the text that clear a finding, proposed only after they have been tried.

A module of `proposals` says for a finding which edits might clear it. Each is made to a copy in memory, that is analysed
as the file was, and kept only when the finding is gone and no other has come (`project`); a safe one must leave the
network computing what it did (`behaviour`).
"""
