"""What is asked for at the terminal about papers, read into papers: from a sample, or for an account with its fields.

Whatever is wrong with given fields is told all at once, a line each, so that nobody has to ask ten times.
"""

import json
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from pathlib import Path
from typing import Any, Final

from forbear.documents.filling import FIRST_YEAR, LAST_YEAR, Flaw, fill
from forbear.documents.kinds import Kind
from forbear.documents.legal_days import legal_flaws
from forbear.documents.presses import Presses
from forbear.documents.registry import find_kind
from forbear.documents.samples import sample
from forbear.documents.sums import sum_flaws
from forbear.documents.wording import given_for
from forbear.errors import BadInput, Conflict, ForbearError
from forbear.ports.papers import Paper, Rendered, Unprintable
from forbear.rules_cli.explaining import ACCOUNT
from forbear.rules_cli.opening import ledger_of, tenant_of
from forbear.rules_cli.paper import a_day

READY_SECONDS: Final = 120.0
JOB_SECONDS: Final = 120.0
"""Machine time: whoever asks at a terminal may wait longer than a worker's activity."""
MOST_BYTES: Final = 1_000_000


class Flawed(ForbearError):
    """Fields that lack something or hold what does not fit, each with what to give instead."""

    def __init__(self, flaws: tuple[Flaw, ...]) -> None:
        super().__init__("\n".join(str(flaw) for flaw in flaws))
        self.flaws = flaws


@dataclass(frozen=True, slots=True)
class Wanted:
    """The options with which a paper is asked for; `account` and `sample` exclude each other."""

    kind: str
    data: Path
    account: str = ""
    sample: bool = False
    language: str = ""
    day: str | None = None
    party: str = ""
    field: tuple[str, ...] = ()
    file: Path | None = None


def find(kind: str) -> Kind:
    """One kind of the registry.

    Raises:
        BadInput: there is none of that name.
    """
    try:
        return find_kind(kind)
    except Unprintable as no:
        raise BadInput("KIND", no.sentence, "Give one of those") from None


def paper_of(wanted: Wanted) -> Paper:
    """The paper that is asked for.

    Raises:
        BadInput: of the options.
        Flawed: of the fields.
    """
    kind = find(wanted.kind)
    if wanted.sample == bool(wanted.account):
        raise BadInput("--account", "or --sample is needed, and not both", "Give one of them")
    if wanted.sample:
        paper, told = sample(kind, wanted.language), told_fields(wanted.field, wanted.file)
        paper = replace(paper, day=a_day(wanted.day, "--day") or paper.day, fields={**paper.fields, **told})
    else:
        paper = _of_account(kind, wanted)
    if not FIRST_YEAR <= paper.day.year < LAST_YEAR:
        raise BadInput("--day", "is no day of our time", "Give a day such as 2027-01-01")
    values, flaws = fill(kind.fields, given_for(kind, paper), paper.currency)
    if flaws := flaws or (*sum_flaws(values), *legal_flaws(kind.id, paper.day, values)):
        raise Flawed(flaws)
    return paper


def _of_account(kind: Kind, wanted: Wanted) -> Paper:
    from forbear.ledger.asked_papers import Asked, paper_for

    if not ACCOUNT.fullmatch(wanted.account):
        raise BadInput("--account", f"'{wanted.account}' is no account's id", "Give one such as acc_01K…")
    if kind.link == "required":
        raise BadInput("KIND", f"'{kind.id}' bears a link of its own touch", "Let its touch go, or take another paper")
    if wanted.language and wanted.language not in kind.titles:
        raise BadInput("--language", f"'{kind.id}' is not written in it", f"Give one of {', '.join(kind.languages)}")
    asked = Asked(
        account=wanted.account,
        kind=kind.id,
        parties=kind.parties,
        statement=kind.statement,
        language=wanted.language,
        day=a_day(wanted.day, "--day"),
        party=wanted.party,
        fields=told_fields(wanted.field, wanted.file),
    )
    with ledger_of(wanted.data) as ledger, ledger.worker(tenant_of(ledger, wanted.account)) as session:
        return paper_for(ledger, session, asked)


def told_fields(pairs: tuple[str, ...], file: Path | None) -> Mapping[str, Any]:
    """Fields as a file of JSON and the command line tell them; the command line goes before.

    Raises:
        BadInput: something is no field with its value, or the file is none that we read.
    """
    told = {} if file is None else _json(file)
    for pair in pairs:
        name, equals, value = pair.partition("=")
        if not equals or not name.strip():
            raise BadInput("--field", "is no name with its value", "Write it as --field name=value")
        told[name.strip()] = value
    return told


def check_kept(kind: str, told: Mapping[str, Any], currency: str) -> None:
    """Pass fields that may be kept until a paper needs them; what is wrong with one is told now and not by a letter.

    Raises:
        BadInput: the kind has no such field, or a sign cannot be kept.
        Flawed: a value does not fit its field.
    """
    text = json.dumps(dict(told), ensure_ascii=False, default=str)
    if "\\u0000" in text or any(unicodedata.category(sign) == "Cs" for sign in text):
        raise BadInput("--fields", "holds a sign that nobody sees", "Give it in plain signs")
    if not kind:
        return
    fields = find(kind).fields
    if strange := sorted(told.keys() - fields.keys()):
        raise BadInput("--field", f"'{kind}' has no field {strange[0]}", f"See 'forbear letters show {kind}'")
    given = {name: value for name, value in told.items() if value not in ("", None)}
    if flaws := fill({name: fields[name] for name in given}, given, currency)[1]:
        raise Flawed(flaws)


def _json(file: Path) -> dict[str, Any]:
    try:
        raw = file.read_bytes()
        if len(raw) > MOST_BYTES:
            raise BadInput("--fields", f"has more than {MOST_BYTES} bytes", "Give what one paper needs")
        told: object = json.loads(
            raw.decode("utf-8-sig"), parse_float=Decimal, parse_constant=_no_number, object_pairs_hook=_once
        )
    except OSError as error:
        raise BadInput("--fields", f"cannot be read ({error.strerror})", "Give a file that you may read") from None
    except UnicodeDecodeError:
        raise BadInput("--fields", "is no UTF-8", "Save it as UTF-8") from None
    except json.JSONDecodeError as error:
        where = f"line {error.lineno}, column {error.colno}"
        raise BadInput("--fields", f"is no JSON at {where}", 'Write it as {"name": "value"}') from None
    except ValueError:
        raise BadInput("--fields", "holds a number of too many digits", "Give amounts as text in quotes") from None
    except RecursionError:
        raise BadInput("--fields", "is nested too deep", 'Write it as {"name": "value"}') from None
    if not isinstance(told, dict):
        raise BadInput("--fields", "holds no object", 'Write it as {"name": "value"}')
    return told  # pyright: ignore[reportUnknownVariableType]  keys of a JSON object are texts


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    if len({name for name, _ in pairs}) != len(pairs):
        raise BadInput("--fields", "tells a field twice", "Tell it once")
    return dict(pairs)


def _no_number(word: str) -> float:
    raise BadInput("--fields", f"holds {word}, which is no value of a field", "Leave it out")


def render_once(paper: Paper) -> Rendered:
    """One paper from a press of its own.

    Raises:
        Conflict: it may not be printed, with the check that says so.
    """
    with Presses(1, ready_seconds=READY_SECONDS, job_seconds=JOB_SECONDS) as presses:
        try:
            return presses.render(paper)
        except Unprintable as no:
            raise Conflict(f"the paper was refused: {no}") from None


def state_of(kind: Kind, paper: Paper, rendered: Rendered) -> str:
    """Whether a finished paper may leave, in a word or two."""
    from forbear.documents.leaving import check_leaving

    if rendered.draft:
        return "draft"
    if kind.approval == "none":
        return "final"
    try:
        check_leaving(paper, rendered.sha256)
    except Unprintable:
        return f"needs-{kind.approval}"
    return "approved"
