"""Field encryption at rest and sealed boxes."""
