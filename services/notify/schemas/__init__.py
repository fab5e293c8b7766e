"""The shapes at notify's doors, one module a subject."""
