"""What a project decides and has: settings, files, ignore files, baseline. Part of the edge: does I/O."""
