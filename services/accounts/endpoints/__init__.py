"""accounts' doors, one module a subject."""
