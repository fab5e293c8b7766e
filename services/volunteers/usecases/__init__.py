"""What people and events make happen to volunteers, a module a subject: load, act, save."""
