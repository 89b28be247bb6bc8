"""How fast and how big: run by hand, one run, printed as ratios and figures; never timed tests."""
