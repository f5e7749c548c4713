"""The life of a token (AUT5xx)."""

from __future__ import annotations

from authlint.checks.lifecycle.jwt import (
    jwt_algorithm_unpinned,
    jwt_expiry_check_disabled,
    jwt_signature_unverified,
    jwt_without_exp,
)
from authlint.checks.lifecycle.kept import expiry_margin_or_unit, refresh_path_broken, token_expiry_ignored
from authlint.checks.lifecycle.keys import key_lifetime_too_long, rotation_overdue
from authlint.checks.lifecycle.lifetimes import token_lifetime_too_long

__all__ = [
    "expiry_margin_or_unit",
    "jwt_algorithm_unpinned",
    "jwt_expiry_check_disabled",
    "jwt_signature_unverified",
    "jwt_without_exp",
    "key_lifetime_too_long",
    "refresh_path_broken",
    "rotation_overdue",
    "token_expiry_ignored",
    "token_lifetime_too_long",
]
