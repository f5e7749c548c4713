"""Where tokens are kept and shown (AUT2xx)."""

from authlint.checks.storage.client_code import secret_in_client_code
from authlint.checks.storage.logs import token_in_log
from authlint.checks.storage.urls import token_in_url
from authlint.checks.storage.web_storage import token_in_web_storage

__all__ = ["secret_in_client_code", "token_in_log", "token_in_url", "token_in_web_storage"]
