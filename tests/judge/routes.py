"""Did every text take a route that may carry it, in approved words, under the right name, to the right kind of person?

China's numbers are reached by its domestic route alone, and nothing else is. There a text is an approved template under
the lender's registered name, without a link and without a word of debt; who is not the debtor gets the neutral one.
"""

from collections.abc import Iterator

from tests.judge.finding import Finding
from tests.judge.reading import DEFAULT_ROUTE, Row, Text
from tests.judge.silences import Case
from tests.judge.told import BORROWER
from tests.judge.wall import CHINESE_NUMBER

DOMESTIC = "aliyun"
APPROVED = {
    *("cn-notice-friendly", "cn-notice-talk", "cn-notice-help", "cn-promise-missed", "cn-guarantor-notice"),
}
NEUTRAL = {"cn-guarantor-notice"}
"""What may reach somebody who owes nothing: it speaks of no debt, and of nobody else's affairs."""
BOUND = {"guarantor", "counter_guarantor"}
"""Who, besides those who owe, may be written to at all; a contact named for emergencies may not."""
OWING = {BORROWER, "co_borrower"}


def check_routes(case: Case) -> list[Finding]:
    claims = case.record.by_id("touch")
    known: dict[str, str] = {}
    found: list[Finding] = []
    for text in case.world.texts:
        claim = claims.get(text.ref or "")
        found += _destination(text)
        if text.route == DOMESTIC:
            found += _wording(text)
        if claim:
            found += _claimed(case, text, claim)
            if text.route == DOMESTIC:
                found += _template(text, claim, known)
    return found


def _unlawful(rule: str, text: Text, detail: str) -> Finding:
    return Finding("unlawful", rule, text.ref or text.sid, detail)


def _destination(text: Text) -> Iterator[Finding]:
    wanted = DOMESTIC if text.to.startswith(CHINESE_NUMBER) else DEFAULT_ROUTE
    if text.route != wanted:
        yield _unlawful("route", text, f"went by {text.route} instead of {wanted}")


def _wording(text: Text) -> Iterator[Finding]:
    if text.links:
        yield _unlawful("link", text, f"holds {text.links} links on a route that has none")
    if text.words:
        yield _unlawful("wording", text, f"holds {len(text.words)} forbidden words")


def _claimed(case: Case, text: Text, claim: Row) -> Iterator[Finding]:
    """The claim's route, the lender's name and the party's role against what arrived."""
    if claim.get("provider", text.route) != text.route:
        yield _unlawful("route", text, f"was claimed for {claim['provider']} and went by {text.route}")
    senders = _senders(case, claim)
    if senders and text.sender not in senders:
        yield _unlawful("signature", text, "was sent under a name that is not its lender's")
    role = claim.get("role", BORROWER)
    if role in OWING:
        return
    if role not in BOUND:
        yield _unlawful("party", text, f"a {role} is not written to")
    elif claim["template"] not in NEUTRAL:
        yield _unlawful("party", text, f"a {role} was sent {claim['template']}, which is not neutral")


def _senders(case: Case, claim: Row) -> set[str]:
    """The number or name that the lender of the claimed account writes under."""
    account = case.record.by_id("account").get(claim["account"], {})
    return {row["sender"] for row in case.record.rows("lender") if row["id"] == account.get("lender")}


def _template(text: Text, claim: Row, known: dict[str, str]) -> Iterator[Finding]:
    """An approved template; its code at the provider stands for one wording only, and the wording for one code."""
    if claim["template"] not in APPROVED:
        yield _unlawful("template", text, f"{claim['template']} was never approved")
        return
    code, wording = text.template or "", f"{claim['template']}/{claim['language']}"
    if known.setdefault(code, wording) != wording or known.setdefault(wording, code) != code:
        yield _unlawful("template", text, f"{wording} went under the code of another wording")
