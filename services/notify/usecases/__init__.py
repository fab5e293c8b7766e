"""What people, events and the clock make happen to notices, one module a subject."""
