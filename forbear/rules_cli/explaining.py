"""`forbear rules explain`: why an account got what it got, or nothing; and what if it were tried now."""

import re
from dataclasses import asdict, is_dataclass
from datetime import date, datetime
from typing import Annotated, Any, cast, get_args

import typer

from forbear.errors import BadInput
from forbear.rules_cli import paper
from forbear.rules_cli.opening import DATA, Data, ledger_of, tenant_of
from forbear.rules_cli.paper import Json, Language

ACCOUNT = re.compile(r"acc_[0-9A-Za-z]{1,36}")


def explain(
    account: Annotated[str, typer.Argument(help="Its id, acc_….")],
    *,
    at: Annotated[str | None, typer.Option(metavar="INSTANT", help="What was in force then; now if not told.")] = None,
    day: Annotated[str | None, typer.Option(metavar="DATE", help="Everything of one day of the borrower.")] = None,
    what_if: Annotated[
        str | None, typer.Option("--what-if", metavar="CHANNEL", help="What the rules say of an attempt by it.")
    ] = None,
    language: Language = "en",
    data: Data = DATA,
    as_json: Json = False,
) -> None:
    """Say why an account got nothing, from the decisions that were stored; or what an attempt would get."""
    instant, on = paper.an_instant(at, "--at"), paper.a_day(day, "--day")
    if on is not None and (instant is not None or what_if is not None):
        raise typer.BadParameter("--day stands alone")
    _hold(account, what_if, language)
    with ledger_of(data) as ledger, ledger.worker(tenant_of(ledger, account)) as session:
        if what_if is not None:
            _suppose(session, account, what_if, instant or ledger.clock.now(), language, as_json=as_json)
        elif on is not None:
            _tell_day(session, account, on, language, as_json=as_json)
        else:
            _tell_instant(session, account, instant or ledger.clock.now(), language, as_json=as_json)


def _hold(account: str, channel: str | None, language: str) -> None:
    """Refuse what cannot be answered before an installation is looked for."""
    from forbear.contracts.words import Channel
    from forbear.rules.spoken import words

    if not ACCOUNT.fullmatch(account):
        raise BadInput("ACCOUNT", f"'{account}' is no account's id", "Give one such as acc_01K…")
    if channel is not None and channel not in get_args(Channel):
        raise BadInput("--what-if", f"'{channel}' is no channel", f"Give one of {', '.join(get_args(Channel))}")
    words(language)


def _tell_day(session: Any, account: str, day: date, language: str, *, as_json: bool) -> None:
    from forbear.ledger.explaining import explain_day
    from forbear.rules.packs import load
    from forbear.rules.spoken import words

    told, packs, spoken = explain_day(session, account, day), load(), words(language)
    if as_json:
        paper.write_json(_plain(told) | {"sentences": [sentence(each, packs, language) for each in told.decisions]})
        return
    paper.head(f"{account} on {spoken.day(day)} ({told.zone}), day {told.days_past_due} past due")
    if not told.touches:
        paper.say("Nothing was sent.")
    for touch in told.touches:
        paper.say(f"{spoken.moment(touch.at, told.zone)}  {spoken.of('channel', touch.channel)}: {touch.state}")
    if not told.decisions:
        paper.say("Nothing had been decided yet.")
    for decided in told.decisions:
        _decision(decided, told.zone, packs, language)


def _tell_instant(session: Any, account: str, at: datetime, language: str, *, as_json: bool) -> None:
    from forbear.ledger.explaining import explain
    from forbear.rules.packs import load
    from forbear.rules.spoken import words

    told, packs = explain(session, account, at), load()
    decisions = {"before": told.before, "in force": told.in_force, "after": told.after}
    if as_json:
        sentences = {name: each and sentence(each, packs, language) for name, each in decisions.items()}
        paper.write_json(_plain(told) | {"sentences": sentences})
        return
    zone = next((zone for each in decisions.values() if each and (zone := _zone(each))), None)
    paper.head(f"{account} at {words(language).moment(at, zone)}")
    if told.in_force is None:
        paper.say("Nothing had been decided yet.")
    for name, decided in decisions.items():
        if decided is not None:
            paper.say("")
            paper.say(f"{name.capitalize()}:")
            _decision(decided, zone, packs, language)


def _decision(decided: Any, zone: str | None, packs: Any, language: str) -> None:
    from forbear.rules.spoken import words

    spoken = words(language)
    ended = f" - {spoken.moment(decided.ended, zone)}" if decided.ended else ""
    paper.say(f"{spoken.moment(decided.at, zone)}{ended}  {decided.kind}  {decided.id}")
    paper.say(f"  {sentence(decided, packs, language)}")
    permit = decided.permit
    for finding in permit.findings if permit else ():
        paper.say(f"  {finding.rule}: {finding.why}")
    for touch in decided.counted:
        paper.say(f"  counted: {spoken.moment(touch.at, zone)}  {spoken.of('channel', touch.channel)}, {touch.state}")
    if permit is not None:
        versions = ", ".join(f"{name} {version}" for name, version in permit.packs)
        paper.say(f"  asked {len(permit.looked_at)} rules of {versions}")


def sentence(decided: Any, packs: Any, language: str) -> str:
    """Why a decision was what it was: its permit's reason, or what the cadence itself said."""
    from forbear.rules.sentences import of_code, of_permit

    if decided.permit is not None and decided.permit.verdict != "allow":
        return of_permit(decided.permit, packs, language)
    return of_code(decided.rule, decided.reason, packs, language)


def _suppose(session: Any, account: str, channel: str, at: datetime, language: str, *, as_json: bool) -> None:
    from forbear.cadence.playbooks import load_all
    from forbear.contracts.words import Channel
    from forbear.ledger.supposing import suppose
    from forbear.rules.packs import load
    from forbear.rules.sentences import of_permit

    packs = load()
    found = suppose(session, account, cast("Channel", channel), packs, load_all(), at=at)
    if as_json:
        told = [_plain(each) | {"sentence": of_permit(each.permit, packs, language)} for each in found]
        paper.write_json(told)
        return
    if not found:
        paper.say(f"No {channel}: the borrower has no number or address that it reaches.")
    for each in found:
        paper.say(f"{each.point} ({each.place}): {of_permit(each.permit, packs, language)}")


def _zone(decided: Any) -> str | None:
    return decided.permit.zones[0] if decided.permit is not None and decided.permit.zones else None


def _plain(value: Any) -> Any:
    """A told thing as JSON holds it."""
    if is_dataclass(value) and not isinstance(value, type):
        return {name: _plain(each) for name, each in asdict(value).items()}
    if isinstance(value, dict):
        return {str(name): _plain(each) for name, each in cast("dict[object, Any]", value).items()}
    if isinstance(value, list | tuple | frozenset):
        return [_plain(each) for each in cast("list[Any]", value)]
    return value.isoformat() if isinstance(value, date) else value
