"""The shapes at the doors of rescue, a module a subject."""
