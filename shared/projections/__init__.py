"""Versioned read models folded from the log of events, and their rebuild."""
