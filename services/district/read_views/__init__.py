"""What the district's pages and programs are shown: how things are now, and what a day came to."""
