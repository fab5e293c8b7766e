"""The doors of rescue, a class a subject."""
