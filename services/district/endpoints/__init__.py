"""The district's doors, a module a subject."""
