"""What providers ask of those who call them (AUT6xx)."""

from __future__ import annotations

from authlint.fixes.contract.failures import auth_failure_unhandled
from authlint.fixes.contract.headers import required_header
from authlint.fixes.contract.redirects import credential_to_foreign_host

__all__ = ["auth_failure_unhandled", "credential_to_foreign_host", "required_header"]
