"""The editor server: ``authlint server``. Part of the edge; needs the extra ``lsp``."""
