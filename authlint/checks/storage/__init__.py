"""Where tokens are kept and shown (AUT2xx)."""

from authlint.checks.storage.auth_sdk import auth_sdk_web_storage
from authlint.checks.storage.client_code import secret_in_client_code
from authlint.checks.storage.cookies import httponly_from_script, token_cookie_flags, token_in_script_cookie
from authlint.checks.storage.logs import token_in_log
from authlint.checks.storage.messages import token_postmessage_wildcard
from authlint.checks.storage.mobile_storage import token_in_plain_mobile_storage
from authlint.checks.storage.plain_file import token_in_plain_file
from authlint.checks.storage.urls import token_in_url
from authlint.checks.storage.web_storage import token_in_web_storage

__all__ = [
    "auth_sdk_web_storage",
    "httponly_from_script",
    "secret_in_client_code",
    "token_cookie_flags",
    "token_in_log",
    "token_in_plain_file",
    "token_in_plain_mobile_storage",
    "token_in_script_cookie",
    "token_in_url",
    "token_in_web_storage",
    "token_postmessage_wildcard",
]
