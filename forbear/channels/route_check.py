"""Whether each playbook's texts can go by the route it names: asked when a worker starts, not when a carrier refuses.

A route's terms (`forbear/cadence/sms_routes.toml`) meet what the manifest says of the words. Every contradiction is
listed, each with what to do, because who mends one wants to see the others.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Final

from forbear.cadence.playbooks import FOLDER, Playbook, Step
from forbear.cadence.sms_routes import SmsRoute
from forbear.channels.sms_manifest import TextTemplate
from forbear.channels.wording import SmsWording
from forbear.errors import CannotStart

HOME: Final[Mapping[str, str]] = MappingProxyType({"CNY": "CN", "USD": "US", "CAD": "CA", "TWD": "TW"})
"""Where a playbook's people mostly live, by its currency, as far as a route makes a difference of it."""


def check_routes(
    playbooks: Mapping[str, Playbook],
    wording: SmsWording,
    routes: Mapping[str, SmsRoute],
    *,
    folder: Path = FOLDER,
) -> None:
    """Pass playbooks whose texts can all be sent.

    Args:
        playbooks: by name.
        wording: every text, with what the manifest says of it.
        routes: by name.
        folder: where the playbooks' files lie, so that a line can be named.

    Raises:
        CannotStart: with every reason, a line each: playbook, line of its file, step, route, what is wrong, what to do.
    """
    problems = [problem for book in playbooks.values() for problem in _problems(book, wording, routes, folder)]
    if problems:
        raise CannotStart("\n".join(problems))


def _problems(book: Playbook, wording: SmsWording, routes: Mapping[str, SmsRoute], folder: Path) -> Iterator[str]:
    steps = [step for step in book.steps if step.channel == "sms"]
    route = routes.get(book.sms_route)
    if not steps:
        return
    head = f"Playbook {book.name}{_line(folder, book, 'sms_route')}"
    if route is None:
        yield f"{head}: there is no route {book.sms_route}. Name one of {', '.join(sorted(routes))}."
        return
    for reason in _unreachable(book, route):
        yield f"{head}, route {route.name}: {reason}"
    for step in steps:
        for reason in dict.fromkeys(_unfit(step, book, wording, route)):
            where = _line(folder, book, "id", step.id)
            yield f"Playbook {book.name}{where}, step {step.id}, route {route.name}: {reason}"


def _line(folder: Path, book: Playbook, key: str, value: str | None = None) -> str:
    """Where a key stands in a playbook's file, or its head where the key is left out."""
    try:
        lines = (folder / f"{book.name}.toml").read_text("utf-8").splitlines()
    except OSError:
        return ""
    # Compared part by part: a pattern over blanks would have to backtrack.
    parts = [[part.strip() for part in line.partition("=")] for line in lines]
    found = (at for at, (name, _, given) in enumerate(parts, start=1) if name == key and _is(given, value))
    head = (at for at, line in enumerate(lines, start=1) if line.strip() == "[playbook]")
    at = next(found, None) or next(head, None)
    return "" if at is None else f", line {at}"


def _is(given: str, value: str | None) -> bool:
    return value is None or given.partition("#")[0].strip().strip("\"'") == value


def _homes(book: Playbook) -> list[str]:
    return sorted({HOME[currency] for currency in book.currencies if currency in HOME})


def _unreachable(book: Playbook, route: SmsRoute) -> Iterator[str]:
    """What the route's destinations have against the playbook as a whole."""
    others = [role for role in book.lender_roles if role != "original_creditor"]
    for country in _homes(book):
        if not route.reaches(country, "original_creditor"):
            why = _terms_in_words(route, country)
            yield f"it carries nothing to {country}{why}. Name a route that does (sms_route), or take the texts out."
        elif others and country in route.first_party_only:
            yield f"carriers of {country} refuse texts of {' and '.join(others)}. Take these lender roles out."


def _terms_in_words(route: SmsRoute, country: str) -> str:
    if country not in route.abroad:
        return ""
    terms = route.terms(country)
    missing = {
        "replies": terms.two_way,
        "links": terms.urls_allowed,
        "wording about loans": terms.debt_content_allowed,
    }
    return f" (there it takes no {' and no '.join(what for what, taken in missing.items() if not taken)})"


def _unfit(step: Step, book: Playbook, wording: SmsWording, route: SmsRoute) -> Iterator[str]:
    """What the route has against one text."""
    if step.template not in wording.names:
        yield f"template {step.template} is not in the manifest. Add it to templates/sms, or name another."
        return
    template = wording.template(step.template)
    for country in _homes(book) or [None]:
        terms = route.terms(country)
        there = f" in {country}" if country in route.abroad else ""
        if template.link and not terms.urls_allowed:
            yield f"template {template.name} holds a link, and it takes none{there}. Name a template without one."
        if template.debt_content and not terms.debt_content_allowed:
            yield f"template {template.name} speaks of a debt, which it does not carry{there}. Name a neutral one."
        if not terms.two_way and not template.link:
            yield (
                f"nobody can answer template {template.name}{there}, so nobody could stop it: a text without a way to "
                "stop is not sent. Name another route."
            )
    for language in book.languages:
        yield from _unspoken(template, language, route, approving=wording.approving)


def _unspoken(template: TextTemplate, language: str, route: SmsRoute, *, approving: frozenset[str]) -> Iterator[str]:
    if language not in template.languages:
        yield f"template {template.name} has no {language} text. Write it, or take {language} out of the playbook."
    elif route.name in approving and template.approved(route.name, language) is None:
        yield (
            f"template {template.name} has no approved wording in {language}. "
            f"Register it, and put its code under [sms.{template.name}.provider.{route.name}]."
        )
