"""The doors of supplies, a class a subject."""
