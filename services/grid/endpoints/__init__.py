"""grid's doors, a module a subject; service.py puts them together."""
