"""A plugin file for detect-secrets: one detector for each provider that authlint knows.

``detect-secrets scan -p "$(python -m authlint.detect_secrets)"`` loads it; the command in it prints where this file is.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterable

from detect_secrets.plugins.base import RegexBasedDetector

from authlint.ruleset.providers import Credential, Provider
from authlint.ruleset.shapes import shape
from authlint.run import catalog
from authlint.secret import checksums
from authlint.secret.placeholders import Verdict, judge


class _ProviderDetector(RegexBasedDetector):
    """Finds what looks like a provider's credential and like no placeholder. The classes below say which provider."""

    credentials: tuple[tuple[Credential, re.Pattern[str]], ...] = ()

    def analyze_string(self, string: str) -> Generator[str, None, None]:
        """The complete values in a line; detect-secrets keeps their hashes."""
        for credential, pattern in self.credentials:
            if (credential.keyword or credential.opening) in string:
                yield from (match[0] for match in pattern.finditer(string) if _is_real(match[0], credential))


def _is_real(value: str, credential: Credential) -> bool:
    if credential.checksum and checksums.is_valid(credential.checksum, value) is False:
        return False
    judgement = judge(
        value, prefix=credential.prefix, min_body=credential.min_body, doc_examples=credential.doc_examples
    )
    return judgement.verdict is Verdict.REAL


def _detectors(providers: Iterable[Provider]) -> Generator[type[_ProviderDetector], None, None]:
    """A class for each provider with credentials that tell themselves, under a name that detect-secrets has not."""
    for provider in providers:
        known = tuple(
            (credential, re.compile(pattern.pattern.decode()))
            for credential in provider.credential
            if credential.kind != "identifier" and credential.position == "any" and (pattern := shape(credential))
        )
        if known:
            name = "Authlint" + "".join(word.capitalize() for word in provider.id.split("-")) + "Detector"
            fields = {
                "__module__": __name__,
                "__doc__": f"Credentials of {provider.name}.",
                "secret_type": f"{provider.name} credential (authlint)",
                "denylist": tuple(pattern for _, pattern in known),
                "credentials": known,
            }
            yield type(name, (_ProviderDetector,), fields)


globals().update({detector.__name__: detector for detector in _detectors(catalog.load().providers)})

if __name__ == "__main__":
    print(__file__)  # noqa: T201 - what it is for
