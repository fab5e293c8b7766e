"""What people, events and the clock make happen to duty, a module a subject: load, act, save."""
