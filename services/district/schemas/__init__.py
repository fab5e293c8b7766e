"""The shapes at the district's doors."""
