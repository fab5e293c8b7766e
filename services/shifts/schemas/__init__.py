"""The shapes at shifts' doors, a module a subject."""
