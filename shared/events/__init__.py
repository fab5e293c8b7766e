"""The event envelope and the contracts of every published event."""
