"""Rules about ignore comments (AUT0xx): the engine reports them itself when it settles a file's findings."""
