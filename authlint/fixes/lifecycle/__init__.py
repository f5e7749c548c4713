"""How long credentials live (AUT5xx)."""

from __future__ import annotations

from authlint.fixes.lifecycle.jwt import jwt_expiry_check_disabled, jwt_without_exp
from authlint.fixes.lifecycle.lengths import key_lifetime_too_long, rotation_overdue, token_lifetime_too_long
from authlint.fixes.lifecycle.renewal import expiry_margin_or_unit, refresh_path_broken

__all__ = [
    "expiry_margin_or_unit",
    "jwt_expiry_check_disabled",
    "jwt_without_exp",
    "key_lifetime_too_long",
    "refresh_path_broken",
    "rotation_overdue",
    "token_lifetime_too_long",
]
