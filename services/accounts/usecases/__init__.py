"""What people and events make happen to accounts, one module a subject."""
