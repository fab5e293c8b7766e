"""Prometheus metrics, JSON logs and the W3C trace context."""
