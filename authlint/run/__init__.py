"""A run over many files: rules loaded, processes, caches, time limits. Part of the edge: does I/O."""
