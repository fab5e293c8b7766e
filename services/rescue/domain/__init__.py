"""The rules of rescue, a module a subject: pure, told the time, returning what happened or raising a named refusal."""
