"""The control plane for what only the provider's console can do: Advanced Opt-Out, and what lookups find."""

from fastapi import APIRouter, HTTPException
from pydantic import BaseModel, ConfigDict, Field

from forbear.sandbox.keywords import Keyword
from forbear.sandbox.numbers.books import Books
from forbear.sandbox.numbers.lookups_http import Known, LookupsApi


class AdvancedOptOut(BaseModel):
    """A service's words and answers; null switches it off. The provider's own words stand beside them."""

    model_config = ConfigDict(extra="forbid")

    words: dict[Keyword, list[str]] = Field(default_factory=dict[Keyword, list[str]])
    answers: dict[Keyword, str] = Field(default_factory=dict[Keyword, str])


def numbers_control(books: Books, lookups: LookupsApi) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/_sandbox", tags=["control"])

    @router.post("/services/{sid}/opt-out", status_code=204)
    async def opt_out(sid: str, order: AdvancedOptOut | None = None) -> None:
        """Switch a service's Advanced Opt-Out on, with these words; or off."""
        service = books.get("service", sid)
        if service is None:
            raise HTTPException(404, "no such service")
        books.save(service, {**service.body, "advanced_opt_out": None if order is None else order.model_dump()})

    @router.post("/lookups", status_code=204)
    async def know(known: Known) -> None:
        """What a lookup finds out about a number from now on."""
        lookups.know(known)

    return router
