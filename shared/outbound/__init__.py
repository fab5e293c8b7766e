"""Messages to the world outside: sending, chat robots' webhooks, sandboxed templates."""
