"""The colours of a spec: its vocabulary by what each word is, for every editor's grammar, and a lexer for Pygments."""
