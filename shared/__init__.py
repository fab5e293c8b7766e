"""Mechanism that every service uses and no business rule; it imports no service."""
