"""Pages in a real browser, Chromium led by Playwright: `make browser-test`."""
