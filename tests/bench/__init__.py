"""`make bench`: scenarios as code, each yielding rows of a measure of ours beside what it is held against."""
