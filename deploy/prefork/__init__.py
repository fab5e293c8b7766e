"""Pre-fork server and client: services are forked from one process that has imported them all, instead of started anew."""
