"""Forms with files: bounded before anything of them is read, and only of this session."""

from dataclasses import dataclass, field
from typing import Annotated, Final

from fastapi import Depends, HTTPException, Request
from starlette.datastructures import FormData, UploadFile

from forbear.api.staff.session import TOKEN, SignedIn, check_site, check_token
from forbear.ledger.cases.content import LARGEST

MOST_FILES: Final = 12
MOST_BYTES: Final = 3 * LARGEST
"""Of one form: three files of the largest kind, or a dozen of what scanners usually make."""
AROUND: Final = 60_000
"""Bytes that a form adds to the files in it."""
MOST_FIELDS: Final = 60


@dataclass(frozen=True, slots=True)
class Sent:
    """One file as it came."""

    name: str = field(repr=False)
    content: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Upload:
    """The texts of a form and its files; `heavy` where more was sent than we take, and nothing of it was read."""

    fields: dict[str, str] = field(repr=False)
    files: tuple[Sent, ...] = ()
    heavy: bool = False


async def upload_of(request: Request, staff: SignedIn) -> Upload:
    """A form with files, of this session."""
    check_site(request)
    length = request.headers.get("content-length", "")
    if not length.isdecimal():
        raise HTTPException(411)
    if int(length) > MOST_BYTES + AROUND:
        return Upload({}, heavy=True)
    async with request.form(max_files=MOST_FILES, max_fields=MOST_FIELDS) as form:
        check_token(staff, str(form.get(TOKEN, "")))
        return Upload(_texts(form), tuple([each async for each in _files(form)]))


def _texts(form: FormData) -> dict[str, str]:
    return {name: value.strip() for name, value in form.multi_items() if isinstance(value, str)}


async def _files(form: FormData):  # noqa: ANN202  an async iterator of what was sent
    for _, value in form.multi_items():
        if isinstance(value, UploadFile) and value.filename:
            yield Sent(value.filename, await value.read())


TheUpload = Annotated[Upload, Depends(upload_of)]
