"""What holds, on real parts."""
