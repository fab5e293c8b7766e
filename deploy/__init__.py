"""How the district is run: on this machine, in containers, and what both are rendered from."""
