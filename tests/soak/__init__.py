"""Sixty business days in ten minutes on the real server, compared with the simulator."""
