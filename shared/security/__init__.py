"""Tokens, their revocation, and offline passes."""
