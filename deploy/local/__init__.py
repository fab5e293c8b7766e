"""The whole district on one machine: private parts and every service under one supervisor, touching nothing else."""
