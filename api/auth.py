"""Who is asking: passwords, tokens, and the role under which a person acts."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Annotated

import jwt
from fastapi import Depends, Header, Request
from fastapi.security import OAuth2PasswordBearer
from jwt.types import Options
from pwdlib import PasswordHash
from pwdlib.hashers.argon2 import Argon2Hasher

from api.acts import act_of
from api.deps import Deps, Needs
from api.permissions import AGENCY, PERMISSIONS, STAFF, Action, fitting
from domain.errors import Refused, Transient
from domain.events import Actor
from store import delegations, staff
from store.acts import Act
from store.delegations import Delegation
from store.staff import StaffMember

ALGORITHM = "HS256"
# Expiry is checked here against the clock given: the library would ask the machine's.
OURS: Options = {"require": ["sub", "login", "roles", "exp", "iat"], "verify_exp": False, "verify_iat": False}
BEARER = OAuth2PasswordBearer(tokenUrl="auth/token", auto_error=False)
PASSWORDS = PasswordHash((Argon2Hasher(),))
NOBODY = PASSWORDS.hash("nobody has this password")  # an unknown login takes as long as a wrong password


@dataclass(frozen=True)
class Person:
    """A logged-in member of staff. roles: their own, and those they act under for somebody else (`deputy`)."""

    user: str
    roles: tuple[str, ...]
    name: str = ""
    login: str = ""
    act: Act | None = field(default=None, compare=False, repr=False)
    deputy: tuple[Delegation, ...] = ()

    def actor(self, role: str, action: Action) -> Actor:
        """This person acting under one of their roles, by the permission of that action (B4.2.1d)."""
        self.under(role, action)
        held = self._held(role)
        return Actor(user=self.user, role=role, authority=f"delegation:{held.id}" if held else f"permission:{action}")

    def stands_for(self, role: str) -> str | None:
        """Whose role it is when it is not one of their own."""
        held = self._held(role)
        return held.from_user if held else None

    def _held(self, role: str) -> Delegation | None:
        return next((one for one in self.deputy if one.role == role), None)

    def under(self, role: str, action: Action) -> None:
        """What this person does now is entered in the audit log under this role and permission."""
        if self.act is not None:
            held = self._held(role)
            self.act.role = role
            self.act.authority = f"delegation:{held.id}" if held else f"permission:{action}"


@dataclass(frozen=True)
class Outsider:
    """Somebody of a collection agency who is logged in."""

    user: str
    agency: str


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
    if AGENCY in claimed.roles:
        raise Refused("not_entitled", "This is for those who work here.", "See GET /agency/cases.")
    act = act_of(request, deps.clock)
    act.user = claimed.user
    try:
        with deps.database.reading() as session:
            member = staff.find(session, claimed.login)
            held = delegations.held_by(session, claimed.user, deps.clock.now())
    except Transient:
        return replace(claimed, act=act)
    if member is None or member.id != claimed.user or not member.active:
        raise Refused("staff_inactive", "This member of staff is not active.", "")
    if AGENCY in member.roles or member.agency:
        raise Refused("not_entitled", "This is for those who work here.", "See GET /agency/cases.")
    deputy = tuple(one for one in held if one.role not in member.roles)
    roles = (*member.roles, *dict.fromkeys(one.role for one in deputy))
    return Person(user=member.id, roles=roles, name=member.name, login=member.login, act=act, deputy=deputy)


def _agency_person(request: Request, deps: Needs, token: Annotated[str | None, Depends(BEARER)]) -> Outsider:
    """Asked of the record each time: whoever was let go, or bound to another agency, is known at once."""
    if not token:
        raise Refused("token_missing", "This needs a token.", "")
    claimed = _claims(deps, token)
    request.state.user = claimed.user
    with deps.database.reading() as session:
        member = staff.find(session, claimed.login)
    if member is None or member.id != claimed.user or not member.active:
        raise Refused("staff_inactive", "This account is not active.", "")
    if member.roles != (AGENCY,) or not member.agency:
        raise Refused("not_entitled", "This is for the people of an agency.", "")
    act = act_of(request, deps.clock)
    act.user, act.role, act.authority = member.id, AGENCY, f"{AGENCY}:{member.agency}"
    return Outsider(user=member.id, agency=member.agency)


AgencyPerson = Annotated[Outsider, Depends(_agency_person)]
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
    person.under(first, action)
    return first


def _permitted(action: Action) -> str:
    return ", ".join("every role of the policy" if role == STAFF else role for role in PERMISSIONS[action])


def may(action: Action) -> object:
    """A dependency that lets only those in whose roles permit the action."""

    def check(person: Me) -> Person:
        fit = fitting(action, person.roles)
        if not fit:
            acting_role(person, action, None)
        person.under(",".join(fit), action)
        return person

    return Depends(check)


Reader = Annotated[Person, may("see")]
