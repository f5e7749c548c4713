"""Tokens where others can read them (AUT2xx)."""

from authlint.fixes.storage.auth_sdk import auth_sdk_web_storage
from authlint.fixes.storage.cookies import token_cookie_flags

__all__ = ["auth_sdk_web_storage", "token_cookie_flags"]
