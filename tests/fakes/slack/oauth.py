"""OAuth v2: codes and refresh tokens become access tokens, once. No socket."""

import secrets
from dataclasses import dataclass, field

from tests.fakes.slack.state import APP_ID, Json, Refused, State, Workspace

ROTATION_SECONDS = 12 * 60 * 60


@dataclass(frozen=True)
class Grant:
    """What a person agreed to."""

    workspace: Workspace
    user: str
    scopes: tuple[str, ...]
    redirect: str = ""


@dataclass(eq=False)
class OAuth:
    """The app's credentials, and what has been granted. `rotation` makes access tokens expire."""

    state: State
    client_id: str = "1234567890.0987654321"
    client_secret: str = field(default_factory=lambda: secrets.token_hex(16))
    rotation: bool = False
    _codes: dict[str, Grant] = field(default_factory=dict)
    _refresh: dict[str, Grant] = field(default_factory=dict)

    def code(self, grant: Grant) -> str:
        code = secrets.token_hex(16)
        self._codes[code] = grant
        return code

    def access(self, args: Json) -> Json:
        """oauth.v2.access; raises Refused."""
        if args.get("client_id") != self.client_id:
            raise Refused("invalid_client_id")
        if args.get("client_secret") != self.client_secret:
            raise Refused("bad_client_secret")
        if args.get("grant_type") == "refresh_token":
            grant = self._refresh.pop(str(args.get("refresh_token")), None)
            if grant is None:
                raise Refused("invalid_refresh_token")
        else:
            grant = self._codes.pop(str(args.get("code")), None)
            if grant is None:
                raise Refused("invalid_code")
            if grant.redirect and args.get("redirect_uri") != grant.redirect:
                raise Refused("bad_redirect_uri")
        return self._tokens(grant)

    def _tokens(self, grant: Grant) -> Json:
        team = grant.workspace
        until = self.state.clock.now() + ROTATION_SECONDS if self.rotation else float("inf")
        answer: Json = {
            "access_token": self.state.new_token(team, grant.scopes, until),
            "token_type": "bot",
            "scope": ",".join(grant.scopes),
            "bot_user_id": team.bot_user,
            "app_id": APP_ID,
            "team": {"id": team.id, "name": team.name},
            "enterprise": {"id": team.enterprise, "name": team.enterprise} if team.enterprise else None,
            "is_enterprise_install": False,
            "authed_user": {"id": grant.user},
        }
        if self.rotation:
            refresh = f"xoxe-1-{secrets.token_hex(16)}"
            self._refresh[refresh] = grant
            answer |= {"refresh_token": refresh, "expires_in": ROTATION_SECONDS}
        return answer
