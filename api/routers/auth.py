"""Log in, and who you are."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends
from fastapi.security import OAuth2PasswordRequestForm

from api.auth import Me, log_in, token_for
from api.deps import Needs
from api.permissions import PERMISSIONS, fitting
from api.problems import problems
from api.views import MeView, Token

router = APIRouter(tags=["登录 auth"])


@router.post("/auth/token", responses=problems("login_failed", "staff_inactive"))
def log_in_with_password(form: Annotated[OAuth2PasswordRequestForm, Depends()], deps: Needs) -> Token:
    """Login and password for a token, as a form with `username` and `password`."""
    member = log_in(deps, form.username, form.password)
    return Token(access_token=token_for(deps, member), expires_in=deps.settings.token_minutes * 60)


@router.get("/me")
def who_am_i(person: Me) -> MeView:
    """Your roles, and under which of them each action is permitted."""
    found = {action: fitting(action, person.roles) for action in PERMISSIONS}
    permitted = {action: roles for action, roles in found.items() if roles}
    return MeView(user=person.user, name=person.name, roles=person.roles, permissions=permitted)
