"""The local run, the ingress and the containers."""
