"""How credentials travel (AUT3xx)."""

from authlint.checks.transport.cleartext import cleartext_auth_url
from authlint.checks.transport.overrides import insecure_transport_override
from authlint.checks.transport.tls import tls_verification_disabled

__all__ = ["cleartext_auth_url", "insecure_transport_override", "tls_verification_disabled"]
