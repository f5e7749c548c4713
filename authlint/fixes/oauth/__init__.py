"""What protects an authorization request (AUT4xx)."""

from authlint.fixes.oauth.callback import oauth_state_unverified
from authlint.fixes.oauth.pkce import pkce_missing_or_weak
from authlint.fixes.oauth.predictable import oauth_state_predictable
from authlint.fixes.oauth.state import oauth_state_missing
from authlint.fixes.oauth.switches import insecure_redirect_uri, oauth_state_check_disabled, oidc_nonce_missing

__all__ = [
    "insecure_redirect_uri",
    "oauth_state_check_disabled",
    "oauth_state_missing",
    "oauth_state_predictable",
    "oauth_state_unverified",
    "oidc_nonce_missing",
    "pkce_missing_or_weak",
]
