"""Who is asking: passwords, tokens, and the role under which a person acts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

import jwt
from fastapi import Depends, Header, Request
from fastapi.security import OAuth2PasswordBearer
from jwt.types import Options
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.deps import Deps, Needs
from api.permissions import PERMISSIONS, STAFF, Action, fitting
from domain.errors import Refused, Transient
from domain.events import Actor
from store import staff
from store.staff import StaffMember

ALGORITHM = "HS256"
# Expiry is checked here against the clock given: the library would ask the machine's.
OURS: Options = {"require": ["sub", "login", "roles", "exp", "iat"], "verify_exp": False, "verify_iat": False}
BEARER = OAuth2PasswordBearer(tokenUrl="auth/token", auto_error=False)
PASSWORDS = PasswordHash((Argon2Hasher(),))
NOBODY = PASSWORDS.hash("nobody has this password")  # an unknown login takes as long as a wrong password


@dataclass(frozen=True)
class Person:
    """A logged-in member of staff."""

    user: str
    roles: tuple[str, ...]
    name: str = ""
    login: str = ""

    def actor(self, role: str, action: Action) -> Actor:
        """This person acting under one of their roles, by the permission of that action (B4.2.1d)."""
        return Actor(user=self.user, role=role, authority=f"permission:{action}")


def hash_password(password: str) -> str:
    """The argon2 hash to store for a password; slow on purpose."""
    return PASSWORDS.hash(password)


def log_in(deps: Deps, login: str, password: str) -> StaffMember:
    """The person with this login and password; call it in a thread. Refused: login_failed, staff_inactive."""
    with deps.database.reading() as session:
        found = staff.find(session, login)
    matches = PASSWORDS.verify(password, found.password_hash if found else NOBODY)
    if found is None or not matches:
        raise Refused("login_failed", "Login or password is wrong.", "")
    if not found.active:
        raise Refused("staff_inactive", "This member of staff is not active.", "")
    return found


def token_for(deps: Deps, member: StaffMember) -> str:
    """A signed token. It carries the roles, so that commands are still taken while the database is away."""
    now = deps.wall.now()
    claims = {
        "sub": member.id,
        "login": member.login,
        "roles": list(member.roles),
        "iat": int(now.timestamp()),
        "exp": int((now + timedelta(minutes=deps.settings.token_minutes)).timestamp()),
    }
    return jwt.encode(claims, deps.settings.token_key(), ALGORITHM)


def _claims(deps: Deps, token: str) -> Person:
    try:
        claims = jwt.decode(token, deps.settings.token_key(), [ALGORITHM], options=OURS)
    except jwt.InvalidTokenError:
        raise Refused("token_invalid", "The token is not one of ours.", "") from None
    if claims["exp"] <= deps.wall.now().timestamp():
        raise Refused("token_expired", "The token has expired.", "")
    return Person(user=claims["sub"], roles=tuple(claims["roles"]), login=claims["login"])


def _person(request: Request, deps: Needs, token: Annotated[str | None, Depends(BEARER)]) -> Person:
    if not token:
        raise Refused("token_missing", "This needs a token.", "")
    claimed = _claims(deps, token)
    request.state.user = claimed.user
    try:
        with deps.database.reading() as session:
            member = staff.find(session, claimed.login)
    except Transient:
        return claimed
    if member is None or member.id != claimed.user or not member.active:
        raise Refused("staff_inactive", "This member of staff is not active.", "")
    return Person(user=member.id, roles=member.roles, name=member.name, login=member.login)


Me = Annotated[Person, Depends(_person)]
RoleHeader = Annotated[
    str | None,
    Header(alias="X-Role", description="One of your roles; needed only when several of them fit.", max_length=64),
]


def acting_role(person: Person, action: Action, wanted: str | None, asked: tuple[str, ...] = ()) -> str:
    """The role under which a person does this: the one named, else the only one that fits.

    asked: roles that are asked at this moment; they go before the person's others.
    Refused: role_not_yours, not_entitled, role_ambiguous.
    """
    if wanted is not None and wanted not in person.roles:
        raise Refused("role_not_yours", f"You do not have the role {wanted}.", "")
    fit = fitting(action, [wanted] if wanted else person.roles)
    if not fit:
        raise Refused("not_entitled", f"Your roles do not permit {action}.", f"Permitted: {_permitted(action)}.")
    choice = tuple(role for role in fit if role in asked) or fit
    first, *others = choice
    if others:
        raise Refused("role_ambiguous", f"Several of your roles fit: {', '.join(choice)}.", "")
    return first


def _permitted(action: Action) -> str:
    return ", ".join("every role of the policy" if role == STAFF else role for role in PERMISSIONS[action])


def may(action: Action) -> object:
    """A dependency that lets only those in whose roles permit the action."""

    def check(person: Me) -> Person:
        if not fitting(action, person.roles):
            acting_role(person, action, None)
        return person

    return Depends(check)


Reader = Annotated[Person, may("see")]
