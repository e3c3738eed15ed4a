"""What the tests of papers in English share: a paper of a kind's sample with other fields, and its words."""

import io
import re
from dataclasses import replace
from typing import Any

from pypdf import PdfReader

from forbear.documents.checking import folded
from forbear.documents.registry import find_kind
from forbear.documents.samples import sample
from forbear.documents.wording import word_letter
from forbear.ports.papers import Paper

EVERYWHERE = ("receipt-payment", "promise-confirmation", "plan-schedule", "settlement", "release", "paid-in-full")


def paper(kind: str, **fields: Any) -> Paper:
    base = sample(find_kind(kind), "en")
    return replace(base, fields={**base.fields, **fields})


def said(given: Paper) -> str:
    """The words of a paper, without its tags."""
    html = re.sub(r"<style>.*?</style>", "", word_letter(given).html, flags=re.DOTALL)
    return " ".join(re.sub(r"<[^>]+>", " ", html).replace("\xa0", " ").split())


def pages_of(pdf: bytes) -> list[str]:
    return [folded(page.extract_text()) for page in PdfReader(io.BytesIO(pdf)).pages]
