"""What people, events and the clock make happen in the grid, a module a subject: load, act, save."""
