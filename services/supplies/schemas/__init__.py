"""The shapes at the doors of supplies, a module a subject."""
