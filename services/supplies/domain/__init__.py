"""The rules of supplies, a module a subject: pure, told the time, returning what happened or raising a named refusal."""
