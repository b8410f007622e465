"""How often somebody may knock: counted in the cache that all processes share."""

import hashlib

from django.core.cache import cache


def is_too_often(what: str, who: str, *, times: int, seconds: int) -> bool:
    """Count one more knock and tell whether that is more than `times` within `seconds`.

    `who` (an address, a number) is kept as a hash only.
    """
    name = f"limit:{what}:{hashlib.sha256(who.encode()).hexdigest()[:32]}"
    if cache.add(name, 1, seconds):
        return False
    try:
        return cache.incr(name) > times
    except ValueError:  # it ran out in between
        return False
