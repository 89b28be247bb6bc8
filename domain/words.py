"""What people write where something has to be said: it says something, blanks alone do not."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

Said = Annotated[str, Field(min_length=1, pattern=r"\S")]
Words = Annotated[Said, Field(max_length=4000)]
