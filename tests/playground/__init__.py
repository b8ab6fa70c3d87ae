"""The playground's Python, asked as a page asks it; its pages in a browser are in tests/browser."""
