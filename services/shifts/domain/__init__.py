"""The rules of duty, a module a subject."""
