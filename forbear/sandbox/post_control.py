"""The print house's part of the control plane: look at its letters, say what an address does with mail."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict

from forbear.sandbox.post_house import PrintHouse
from forbear.sandbox.post_intake import addressee
from forbear.sandbox.post_journey import Fate


class AddresseeScript(BaseModel):
    """What an address does with mail from now on, whoever lives there."""

    model_config = ConfigDict(extra="forbid")

    line: str
    zip: str = ""
    fate: Fate


def post_control(house: PrintHouse) -> APIRouter:
    """The routes."""
    router = APIRouter(prefix="/_sandbox/post", tags=["control"])

    @router.get("/letters")
    async def letters(ref: str | None = None) -> list[dict[str, Any]]:
        """Newest first, both modes, whatever faults the list has over the API."""
        found = [letter for letter in house.letters.all() if ref is None or letter.ref == ref]
        return [letter.body | {"sha256": letter.sha256, "mode": letter.mode} for letter in found]

    @router.post("/addressees", status_code=204)
    async def script(order: AddresseeScript) -> None:
        house.letters.script(addressee({"address_line1": order.line, "address_zip": order.zip}), order.fate)

    return router
