"""The language server: what an editor shows of a spec while it is written. `language_server` speaks the protocol."""
