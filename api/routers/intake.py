"""Opens the cases that are due, on demand."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter

from api.auth import Person, may
from api.deps import Needs
from api.problems import problems
from api.views import IntakeView

router = APIRouter(tags=["立案 intake"])


@router.post("/intake", responses=problems("engine_unavailable"))
async def run_intake(person: Annotated[Person, may("run_intake")], deps: Needs) -> IntakeView:
    """Open a case for every overdue account of a released import that has none; a repeat opens nothing twice."""
    today = deps.today()
    return IntakeView(day=today, opened=await deps.intake.run(today))
