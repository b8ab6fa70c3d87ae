"""The playground's Python: questions of a page about a text, and their answers, both as JSON; and the server of `cnnspec play`.

What the questions are, and what they come to, is told in site/playground/src/engine/types.ts.
"""
