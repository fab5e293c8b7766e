"""notify's doors, one module a subject."""
