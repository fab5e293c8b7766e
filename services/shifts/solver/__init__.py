"""The machine that makes the rota: OR-Tools' CP-SAT, only ever run in a process of its own (`python -m services.shifts.solver`)."""
