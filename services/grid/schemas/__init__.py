"""The shapes at grid's doors, a module a subject."""
