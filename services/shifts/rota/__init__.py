"""The rota that makes itself, as plain rules: the problem, what is fair, a judge of plans, the reasons for every gap."""
