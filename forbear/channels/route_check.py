"""Whether each playbook's texts can go by the route it names: asked when a worker starts, not when a carrier refuses.

A route's terms (`forbear/cadence/sms_routes.toml`) meet what the manifest says of the words. Every contradiction is
listed, each with what to do, because who mends one wants to see the others.
"""

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import Final

from forbear.cadence.playbooks import Playbook, Step
from forbear.cadence.sms_routes import SmsRoute
from forbear.channels.sms_manifest import TextTemplate
from forbear.channels.wording import SmsWording
from forbear.errors import CannotStart

HOME: Final[Mapping[str, str]] = MappingProxyType({"CNY": "CN", "USD": "US", "CAD": "CA"})
"""Where a playbook's people mostly live, by its currency, as far as a route makes a difference of it."""


def check_routes(playbooks: Mapping[str, Playbook], wording: SmsWording, routes: Mapping[str, SmsRoute]) -> None:
    """Pass playbooks whose texts can all be sent.

    Raises:
        CannotStart: with every reason, a line each: playbook, step, route, what is wrong, what to do.
    """
    problems = [problem for book in playbooks.values() for problem in _problems(book, wording, routes)]
    if problems:
        raise CannotStart("\n".join(problems))


def _problems(book: Playbook, wording: SmsWording, routes: Mapping[str, SmsRoute]) -> Iterator[str]:
    steps = [step for step in book.steps if step.channel == "sms"]
    route = routes.get(book.sms_route)
    if not steps:
        return
    if route is None:
        yield f"Playbook {book.name}: there is no route {book.sms_route}. Name one of {', '.join(sorted(routes))}."
        return
    for reason in _unreachable(book, route):
        yield f"Playbook {book.name}, route {route.name}: {reason}"
    for step in steps:
        for reason in _unfit(step, book, wording, route):
            yield f"Playbook {book.name}, step {step.id}, route {route.name}: {reason}"


def _unreachable(book: Playbook, route: SmsRoute) -> Iterator[str]:
    """What the route's destinations have against the playbook as a whole."""
    homes = {HOME[currency] for currency in book.currencies if currency in HOME}
    others = [role for role in book.lender_roles if role != "original_creditor"]
    for country in sorted(homes):
        if not route.reaches(country, "original_creditor"):
            yield f"it carries nothing to {country}. Name a route that does (sms_route), or take the texts out."
        elif others and country in route.first_party_only:
            yield f"carriers of {country} refuse texts of {' and '.join(others)}. Take these lender roles out."


def _unfit(step: Step, book: Playbook, wording: SmsWording, route: SmsRoute) -> Iterator[str]:
    """What the route has against one text."""
    if step.template not in wording.names:
        yield f"template {step.template} is not in the manifest. Add it to templates/sms, or name another."
        return
    template = wording.template(step.template)
    if template.link and not route.urls_allowed:
        yield f"template {template.name} holds a link, and it takes none. Name a template without one."
    if template.debt_content and not route.debt_content_allowed:
        yield f"template {template.name} speaks of a debt, which it does not carry. Name a neutral one."
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
