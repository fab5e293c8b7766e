"""What people, events and the clock make happen to rescue: load, act, save."""
