"""How the print house says no: Lob's error codes with their statuses and bodies."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

STATUSES: Final[Mapping[str, int]] = MappingProxyType(
    {
        "unauthorized": 401,
        "invalid_api_key": 401,
        "forbidden": 403,
        "not_found": 404,
        "unrecognized_endpoint": 404,
        "bad_request": 422,
        "invalid": 422,
        "not_deletable": 422,
        "address_length_exceeds_limit": 422,
        "failed_deliverability_strictness": 422,
        "foreign_return_address": 422,
        "invalid_file": 422,
        "pdf_encrypted": 422,
        "file_pages_exceed_max": 422,
        "invalid_international_feature": 422,
        "rate_limit_exceeded": 429,
        "internal_server_error": 500,
    }
)


class LobRefusal(Exception):
    """An answer with an error in it."""

    def __init__(self, code: str, message: str) -> None:
        super().__init__(code)
        self.status = STATUSES[code]
        self.body: dict[str, Any] = {"error": {"message": message, "status_code": self.status, "code": code}}
