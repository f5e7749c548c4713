"""The OAuth flow (AUT4xx)."""

from authlint.checks.oauth.grants import implicit_grant, password_grant
from authlint.checks.oauth.pkce import oidc_nonce_missing, pkce_missing_or_weak
from authlint.checks.oauth.redirects import insecure_redirect_uri
from authlint.checks.oauth.state import (
    oauth_state_check_disabled,
    oauth_state_missing,
    oauth_state_predictable,
    oauth_state_unverified,
)

__all__ = [
    "implicit_grant",
    "insecure_redirect_uri",
    "oauth_state_check_disabled",
    "oauth_state_missing",
    "oauth_state_predictable",
    "oauth_state_unverified",
    "oidc_nonce_missing",
    "password_grant",
    "pkce_missing_or_weak",
]
