"""Tables: figures laid out in rows and columns, and how figures, sizes and other people's words are written."""
