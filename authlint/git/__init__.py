"""What git knows: what is staged, what a change adds, and every version of every file there has been.

Part of the edge: runs git, a few processes for a whole run and none for a file. A repository may be somebody else's:
nothing that its configuration names is run (hooks, filters, monitors, text conversions, transports).
"""
