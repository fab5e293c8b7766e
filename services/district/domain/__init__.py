"""What the district makes of what it hears, a module a subject."""
