"""Running arrears: binaries, the engine's command line, and the process tree of `demo`, `up` and `soak`."""
