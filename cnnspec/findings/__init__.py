"""Findings: diagnostics in the forms that people, scripts and services read."""
