"""The OAuth flow (AUT4xx)."""

from authlint.checks.oauth.state import oauth_state_missing, oauth_state_predictable, oauth_state_unverified

__all__ = ["oauth_state_missing", "oauth_state_predictable", "oauth_state_unverified"]
