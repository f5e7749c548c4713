"""How many random keys of each pack's shape the placeholder policy takes for something else.

`python bench/random_keys.py` prints a line for each pack that loses any, the worst first, and fails
where one loses more than is allowed.
"""

from __future__ import annotations

import argparse
import random
import sys
from collections import Counter
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from lookalikes import lookalike  # noqa: E402

from authlint.ruleset.providers import Credential, Provider  # noqa: E402
from authlint.run.catalog import load  # noqa: E402
from authlint.secret.placeholders import Verdict, judge  # noqa: E402

ALLOWED = 0.5


def main() -> int:
    """Measure every pack, or those that are named."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("packs", nargs="*", help="ids of packs; all without any")
    parser.add_argument("--keys", type=int, default=50_000, help="random keys for each pack (default: %(default)s)")
    options = parser.parse_args()
    providers = [p for p in load(full=True).providers if not options.packs or p.id in options.packs]
    with ProcessPoolExecutor() as pool:
        results = zip(providers, pool.map(losses, providers, [options.keys] * len(providers)), strict=True)
        shares = [(100 * sum(lost.values()) / made, p.id, lost) for p, (made, lost) in results if made]
    for percent, pack, lost in sorted((share for share in shares if share[0]), reverse=True):
        reasons = ", ".join(f"{name} {reason} {count}" for (name, reason), count in lost.most_common(3))
        sys.stdout.write(f"{percent:7.3f} %  {pack:14} {reasons}\n")
    worst = max(percent for percent, *_ in shares)
    sys.stdout.write(f"{len(shares)} packs, {options.keys:,} keys each: {worst:.3f} % lost at worst\n")
    return int(worst > ALLOWED)


def losses(provider: Provider, keys: int) -> tuple[int, Counter[tuple[str, str]]]:
    """How many keys were made, and why some were not held to be real: counts by credential and reason."""
    credentials = [c for c in provider.credential if c.kind != "identifier" and (c.prefix or c.pattern)]
    lost: Counter[tuple[str, str]] = Counter()
    each = keys // max(len(credentials), 1)
    for credential in credentials:
        lost += _losses(credential, each)
    return each * len(credentials), lost


def _losses(credential: Credential, keys: int) -> Counter[tuple[str, str]]:
    rng = random.Random(credential.id)  # noqa: S311 - the same keys each time
    make = lookalike(credential)
    judgements = (
        judge(make(rng), prefix=credential.opening, min_body=least(credential), doc_examples=credential.doc_examples)
        for _ in range(keys)
    )
    return Counter((credential.id, each.reason) for each in judgements if each.verdict is not Verdict.REAL)


def least(credential: Credential) -> int:
    """The least length of what follows the opening; a pattern has seen to that itself."""
    return credential.min_body if credential.prefix else 0


if __name__ == "__main__":
    sys.exit(main())
