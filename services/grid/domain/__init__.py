"""The rules of the grid, a module a subject."""
