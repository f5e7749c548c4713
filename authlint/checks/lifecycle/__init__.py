"""The life of a token (AUT5xx)."""

from __future__ import annotations

from authlint.checks.lifecycle.jwt import (
    jwt_algorithm_unpinned,
    jwt_expiry_check_disabled,
    jwt_signature_unverified,
    jwt_without_exp,
)
from authlint.checks.lifecycle.kept import token_expiry_ignored

__all__ = [
    "jwt_algorithm_unpinned",
    "jwt_expiry_check_disabled",
    "jwt_signature_unverified",
    "jwt_without_exp",
    "token_expiry_ignored",
]
