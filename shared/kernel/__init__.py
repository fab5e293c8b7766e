"""Ids, named errors, the command context and phone numbers: what every other package may use."""
