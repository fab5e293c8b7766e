"""The shapes at accounts' doors, one module a subject."""
