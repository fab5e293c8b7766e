"""What people, events and the clock make happen to supplies: load, act, save."""
