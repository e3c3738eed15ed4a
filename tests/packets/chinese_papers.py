"""What the tests of the Chinese papers of packets share: samples with some fields given otherwise, and their pages."""

from dataclasses import replace
from typing import Any, Final, cast

import pypdfium2
import pytest

from forbear.documents.checking import folded
from forbear.documents.registry import find_kind
from forbear.documents.samples import sample
from forbear.documents.wording import word_letter
from forbear.ports.papers import Paper, Unprintable

PETITIONS: Final = (
    "cn.mediation.application",
    "cn.mediation.agreement",
    "cn.court.judicial_confirmation",
    "cn.court.payment_order",
    "cn.court.preservation",
)


def paper(kind: str, **fields: Any) -> Paper:
    """The sample of a kind, with some of its fields given otherwise; None leaves one out."""
    base = sample(find_kind(kind), "zh-Hans")
    told = {name: value for name, value in {**base.fields, **fields}.items() if value is not None}
    return replace(base, fields=told)


def html(kind: str, **fields: Any) -> str:
    return word_letter(paper(kind, **fields)).html


def refused(kind: str, **fields: Any) -> str:
    """Why a paper is refused."""
    with pytest.raises(Unprintable) as no:
        word_letter(paper(kind, **fields))
    return str(no.value)


def rows(kind: str, field: str) -> list[dict[str, Any]]:
    """A sample's rows, to be changed."""
    return [dict(row) for row in cast("list[dict[str, Any]]", paper(kind).fields[field])]


def pages(pdf: bytes) -> list[Any]:
    document = cast("Any", pypdfium2.PdfDocument(pdf))
    return [document[number] for number in range(len(document))]


def texts(pdf: bytes) -> list[str]:
    return [folded(page.get_textpage().get_text_range()) for page in pages(pdf)]
