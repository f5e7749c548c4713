"""Tokens where others can read them (AUT2xx)."""

from authlint.fixes.storage.auth_sdk import auth_sdk_web_storage
from authlint.fixes.storage.cookies import token_cookie_flags
from authlint.fixes.storage.files import token_in_plain_file
from authlint.fixes.storage.mobile_storage import token_in_plain_mobile_storage
from authlint.fixes.storage.urls import token_in_url

__all__ = [
    "auth_sdk_web_storage",
    "token_cookie_flags",
    "token_in_plain_file",
    "token_in_plain_mobile_storage",
    "token_in_url",
]
