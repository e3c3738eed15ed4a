"""Twilio's Lookup v2 over HTTP, under `/lookups/v2`: whether a number can be one, of what line, since when whose."""

import re
from collections.abc import Callable
from datetime import date
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from forbear.sandbox.gate import Endpoint, Gate
from forbear.sandbox.intake import is_e164
from forbear.sandbox.statuses import Handset, Outcome
from forbear.sandbox.store import Store
from forbear.sandbox.voice.calls import formatted

LineType = Literal[
    "mobile", "landline", "fixedVoip", "nonFixedVoip", "tollFree", "premium", "personal", "sharedCost", "uan",
    "voicemail", "pager", "unknown",
]  # fmt: skip
_NUMBER = "/lookups/v2/PhoneNumbers/{number}"
_COUNTRIES = {"1": "US", "44": "GB", "86": "CN", "886": "TW", "852": "HK", "49": "DE", "33": "FR", "61": "AU"}
_TOO_LONG = 16
_PACKAGES = (
    "caller_name", "sim_swap", "call_forwarding", "line_status", "identity_match", "sms_pumping_risk",
    "phone_number_quality_score", "pre_fill",
)  # fmt: skip
_SCHEMA = "CREATE TABLE IF NOT EXISTS lookups (phone TEXT PRIMARY KEY, answer TEXT NOT NULL)"


class Known(BaseModel):
    """What is to be found out about a number. `reassigned` is the day on which somebody else got it."""

    model_config = ConfigDict(extra="forbid")

    phone: str
    type: LineType | None = None
    carrier: str | None = None
    reassigned: date | None = None


class LookupsApi:
    """The one operation. A number nobody said anything of is what its handset shows: a landline, or a mobile."""

    def __init__(self, store: Store, handset: Callable[[str], Handset]) -> None:
        self._store, self._handset = store, handset
        store.define(_SCHEMA)

    def routes(self, gate: Gate) -> list[Route]:
        table: list[tuple[str, str, Endpoint]] = [("GET", _NUMBER, self._fetch)]
        return gate.routes(table)

    def know(self, known: Known) -> None:
        self._store.run("INSERT OR REPLACE INTO lookups VALUES (?, ?)", known.phone, known.model_dump_json())

    async def _fetch(self, request: Request) -> Response:
        params = request.query_params
        number = _international(request.path_params["number"], params.get("CountryCode", "US"))
        asked = {field.strip() for field in params.get("Fields", "").split(",")}
        valid = is_e164(number)
        known = self._known(number)
        prefix = next((code for code in sorted(_COUNTRIES, key=len, reverse=True) if number[1:].startswith(code)), "")
        body: dict[str, Any] = {
            "calling_country_code": prefix or None,
            "country_code": _COUNTRIES.get(prefix),
            "phone_number": number,
            "national_format": formatted(number) if valid else None,
            "valid": valid,
            "validation_errors": None if valid else [_flaw(number)],
            **dict.fromkeys(_PACKAGES),
            "line_type_intelligence": _line(known) if valid and "line_type_intelligence" in asked else None,
            "reassigned_number": _reassigned(known, params) if valid and "reassigned_number" in asked else None,
            "url": f"https://lookups.twilio.com/v2/PhoneNumbers/{number}",
        }
        return JSONResponse(body)

    def _known(self, number: str) -> Known:
        row = self._store.row("SELECT answer FROM lookups WHERE phone = ?", number)
        known = Known(phone=number) if row is None else Known.model_validate_json(row["answer"])
        if known.type is not None:
            return known
        landline = self._handset(number).outcome is Outcome.LANDLINE
        return known.model_copy(update={"type": "landline" if landline else "mobile"})


def _international(number: str, country: str) -> str:
    """The number with its country's prefix; as people write it there, with blanks, hyphens and brackets."""
    if re.search(r"[A-Za-z]", number):
        return number
    bare = re.sub(r"[^\d+]", "", number)
    prefix = next((code for code, name in _COUNTRIES.items() if name == country.upper()), None)
    if bare.startswith("+") or prefix is None:
        return bare
    national = bare.removeprefix("0") if prefix != "1" else bare
    return f"+{national}" if prefix == "1" and len(national) == 11 and national[0] == "1" else f"+{prefix}{national}"  # noqa: PLR2004  with its prefix


def _line(known: Known) -> dict[str, Any]:
    return {
        "type": known.type,
        "carrier_name": known.carrier or "Example Carrier",
        "mobile_country_code": "310" if known.type == "mobile" else None,
        "mobile_network_code": "999" if known.type == "mobile" else None,
        "error_code": None,
    }


def _reassigned(known: Known, params: Any) -> dict[str, Any]:
    """Whether the number changed hands since the day on which one last knew whose it was."""
    asked = params.get("LastVerifiedDate", "")
    answer: dict[str, Any] = {"last_verified_date": asked or None, "is_number_reassigned": None, "error_code": None}
    if not (asked.isdecimal() and len(asked) == 8):  # noqa: PLR2004  YYYYMMDD
        return answer | {"error_code": 60617}
    moved = known.reassigned is not None and known.reassigned.strftime("%Y%m%d") > asked
    return answer | {"is_number_reassigned": "yes" if moved else "no"}


def _flaw(number: str) -> str:
    if not number.removeprefix("+").isdecimal():
        return "NOT_A_NUMBER"
    if not number.startswith("+"):
        return "INVALID_COUNTRY_CODE"
    return "TOO_LONG" if len(number) > _TOO_LONG else "TOO_SHORT" if len(number) < 8 else "INVALID_BUT_POSSIBLE"  # noqa: PLR2004
