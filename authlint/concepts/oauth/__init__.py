"""The OAuth flow: authorization requests, callbacks, and what ties one to the other."""
