"""The rules of notices, one module a subject."""
