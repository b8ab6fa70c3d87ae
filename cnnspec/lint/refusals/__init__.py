"""What the language itself refuses, one file each: its page and, where there is one, its fix.

The parts that read and build a network find these. They are no rules, and cannot be switched off.
"""
