"""authlint finds the mistakes people make when they authenticate against APIs."""

__version__ = "0.1.0"
