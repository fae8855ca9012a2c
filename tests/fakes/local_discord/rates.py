"""Discord's rate limits: a bucket a route and its major parameter, and one for the whole bot. No socket."""

import hashlib
from dataclasses import dataclass, field

from tests.fakes.time import Clock

GLOBAL = 50, 1.0
DEFAULT = 50, 5.0
ROUTES = {
    ("POST", "/channels/{channel}/messages"): (5, 5.0),
    ("PATCH", "/channels/{channel}/messages/{message}"): (5, 5.0),
    ("DELETE", "/channels/{channel}/messages/{message}"): (5, 1.0),
    ("POST", "/channels/{channel}/threads"): (50, 300.0),
    ("POST", "/users/@me/channels"): (10, 10.0),
    ("PUT", "/applications/{app}/commands"): (5, 20.0),
    ("POST", "/webhooks/{app}/{token}"): (5, 2.0),
    ("PATCH", "/webhooks/{app}/{token}/messages/{message}"): (5, 2.0),
}
MAJOR = ("channel", "guild", "token")


@dataclass
class Bucket:
    """A number of requests within a window that opens with the first of them."""

    limit: int
    window: float
    used: int = 0
    resets: float = 0.0

    def take(self, now: float) -> float:
        """Counts a request; gives how many seconds too early it came, or 0."""
        if now >= self.resets:
            self.used, self.resets = 0, now + self.window
        if self.used >= self.limit:
            return self.resets - now
        self.used += 1
        return 0.0


@dataclass
class TooFast:
    """A 429: its headers, and its body."""

    headers: dict[str, str]
    body: dict[str, object]


@dataclass
class Rates:
    """All buckets. Without `enforced` there are no headers and no refusals."""

    clock: Clock
    enforced: bool = True
    whole: Bucket = field(default_factory=lambda: Bucket(*GLOBAL))
    buckets: dict[tuple[str, ...], Bucket] = field(default_factory=dict)

    def take(self, method: str, route: str, ids: dict[str, str]) -> tuple[dict[str, str], TooFast | None]:
        """Counts a request; gives the headers of its answer, and a refusal where it came too early."""
        if not self.enforced or route.startswith("/interactions"):
            return {}, None
        now = self.clock.now()
        early = 0.0 if route.startswith("/webhooks") else self.whole.take(now)
        if early:
            return {}, too_fast(early, "global")
        name = hashlib.md5(f"{method} {route}".encode(), usedforsecurity=False).hexdigest()
        key = (name, *(ids[each] for each in MAJOR if each in ids))
        bucket = self.buckets.setdefault(key, Bucket(*ROUTES.get((method, route), DEFAULT)))
        early = bucket.take(now)
        headers = {
            "X-RateLimit-Limit": str(bucket.limit),
            "X-RateLimit-Remaining": str(bucket.limit - bucket.used),
            "X-RateLimit-Reset": f"{bucket.resets:.3f}",
            "X-RateLimit-Reset-After": f"{bucket.resets - now:.3f}",
            "X-RateLimit-Bucket": name,
        }
        return headers, too_fast(early, "user", headers) if early else None


def too_fast(seconds: float, scope: str, headers: dict[str, str] | None = None) -> TooFast:
    """A 429 of a scope: user, shared or global."""
    whole = scope == "global"
    found = {"Via": "1.1 google", "Retry-After": str(int(seconds) + 1), "X-RateLimit-Scope": scope, **(headers or {})}
    if whole:
        found["X-RateLimit-Global"] = "true"
    return TooFast(found, {"message": "You are being rate limited.", "retry_after": round(seconds, 3), "global": whole})
