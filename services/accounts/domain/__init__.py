"""The rules of accounts, one module a subject."""
