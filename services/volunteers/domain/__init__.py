"""The rules of volunteering, a module a subject."""
