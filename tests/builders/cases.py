"""A case that a test plays by hand: to an instant, a command, an answer, a posting, on to the next instant."""

from __future__ import annotations

from datetime import datetime

from domain import commands as c, events as e
from domain.base import zone
from domain.calendar import Calendar
from domain.case import Case
from domain.check import check
from domain.decide import decide
from domain.facts import Facts, facts_of
from domain.ladder import Ladder
from domain.ledger import AccountFacts, DoneStep, Posting
from domain.outcome import Dispatch, Finished, Issue, Prepare, ReadFacts, Record, Run, Wait, record
from domain.run import advance
from domain.scenario import actor
from domain.simulate import done
from tests.builders.calendars import CHINA_2026
from tests.builders.ladders import leasing, pin
