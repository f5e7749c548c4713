"""Tokens and their life: how they are made, read, kept, refreshed and when they expire."""
