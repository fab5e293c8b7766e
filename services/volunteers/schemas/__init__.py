"""The shapes at volunteers' doors, a module a subject."""
