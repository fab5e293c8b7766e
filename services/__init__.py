"""The services of a district; none of them imports another: they speak only through events."""
