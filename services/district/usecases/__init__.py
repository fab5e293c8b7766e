"""What the district does: takes in what it hears, and finds what was known."""
