"""Background loops, scheduled work and long jobs with progress."""
