"""One round of looking after what waits in silence; see `workflows.upkeep`.

Each part, and within it each item, has its turn whatever became of the others: a touch that cannot be settled must not
keep a STOP that no webhook brought waiting. What failed is counted, and the next round tries it again.

What the record alone can answer comes first. Providers are asked afterwards, each part for a bounded time, and one that
does not answer is not asked again in the round: it costs one time-out, and not one for each of many items.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final, Generic, TypeVar

import structlog
from temporalio import activity
from temporalio.exceptions import CancelledError

from forbear.clock import Clock
from forbear.contracts.decision import UpkeepReport
from forbear.errors import PartlyDone
from forbear.ports.book import Unsettled, UpkeepBook
from forbear.ports.calls import CallAsking, Standing
from forbear.ports.cases import CaseSweeps
from forbear.ports.following import FateAsking, FollowBook
from forbear.ports.payments import CheckoutBook, OpenCheckout, PaymentProvider
from forbear.ports.post import PostCarrier, Tracked
from forbear.ports.replies import Ear, ReplyBook, ReplyListing
from forbear.ports.rounds import Patience, each
from forbear.ports.runs import Runs
from forbear.ports.sms import Found, Unreadable
from forbear.ports.tracking import CallRounds, LetterRounds, Posted
from forbear.ports.ways import Finder

T = TypeVar("T")
A = TypeVar("A")
LISTING_ROUTE: Final = "twilio"
"""The one provider that lists what people wrote; see `forbear.channels.sms_routed`."""
PAYMENTS: Final = "payments"
log = structlog.get_logger("forbear.upkeep")


@dataclass(frozen=True, slots=True)
class _Answer(Generic[A]):
    """What a provider told, which may be that it knows of nothing."""

    found: A


class UpkeepActivities:
    """Upkeep over its ports, with a finder for each channel.

    Without `runs`, `checkouts`, `follow`, `letters`, `calls` or `cases` their part of a round is left out.
    """

    def __init__(
        self,
        book: UpkeepBook,
        finders: Mapping[str, Finder],
        replies: ReplyBook,
        listing: ReplyListing,
        *,
        runs: Runs | None = None,
        checkouts: CheckoutBook | None = None,
        payments: PaymentProvider | None = None,
        follow: FollowBook | None = None,
        fates: FateAsking | None = None,
        letters: LetterRounds | None = None,
        post: PostCarrier | None = None,
        calls: CallRounds | None = None,
        line: CallAsking | None = None,
        cases: CaseSweeps | None = None,
        case_runs: Runs | None = None,
        clock: Clock | None = None,
    ) -> None:
        self._book = book
        self._finders = finders
        self._replies = replies
        self._listing = listing
        self._runs = runs
        self._checkouts = checkouts
        self._payments = payments
        self._follow = follow
        self._fates = fates
        self._letters = letters
        self._post = post
        self._calls = calls
        self._line = line
        self._cases = cases
        self._case_runs = case_runs
        self._patience = Patience(clock or Clock.real())

    @activity.defn(name="look_after")
    def look_after(self) -> UpkeepReport:
        """Expire claims, wake idle accounts, seal; then hear what was missed, reconcile lost answers; and say so."""
        round_ = _Round()
        self._patience.renew()
        report = UpkeepReport(
            claims_expired=round_.count("claims", self._book.expire_claims),
            visits_ended=round_.count("visits", self._book.end_visits),
            tasks_given_back=round_.count("tasks left lying", self._book.give_back),
            accounts_seen=round_.count("open accounts", self._book.count_open),
            accounts_woken=round_.count("idle accounts", self._book.wake_idle),
            accounts_without_run=round_.count("missing workflows", self._start_missing),
            rows_sealed=round_.count("seals", self._book.seal),
            rows_purged=round_.count("purge", self._book.purge),
            **self._look_after_cases(round_),
        ).model_copy(update=self._ask_providers(round_))
        # Last: whoever was found by asking needs nobody.
        handed_over = round_.count("unknown touches", self._book.call_for_help)
        report = report.model_copy(update={"unknown_handed_over": handed_over, "failed": round_.failed})
        self._book.report(report)
        return report

    def _look_after_cases(self, round_: "_Round") -> dict[str, int]:
        cases = self._cases
        if cases is None:
            return {}
        return {
            "cases_seen": round_.count("open cases", cases.count_open),
            "cases_woken": round_.count("idle cases", cases.wake_idle),
            "cases_without_run": round_.count("missing workflows of cases", lambda: self._start_cases(cases)),
        }

    def _ask_providers(self, round_: "_Round") -> dict[str, int]:
        ears = round_.part("replies", self._replies.ears, [])
        caught_up = self._each(round_, "replies", ears, self._catch_up, lambda ear: ear.lender)
        waiting = round_.part("lost answers", self._book.unsettled, [])
        settled = self._each(round_, "lost answers", waiting, self._reconcile, lambda touch: touch.touch)
        sent = round_.part("reports", lambda: [] if self._follow is None else self._follow.unreported(), [])
        reported = self._each(round_, "reports", sent, self._ask_fate, lambda touch: touch.touch)
        letters = self._look_after_letters(round_)
        calls = self._look_after_calls(round_)
        begun = round_.part("payments", self._begun, [])
        paid = self._each(round_, "payments", begun, self._ask_about, lambda checkout: checkout.checkout)
        return {
            "replies_caught_up": caught_up,
            "unknown_seen": len(waiting),
            "unknown_settled": settled,
            "reports_asked": len(sent),
            "reports_pulled": reported,
            "payments_seen": len(begun),
            "payments_settled": paid,
            **letters,
            **calls,
        }

    def _look_after_letters(self, round_: "_Round") -> dict[str, int]:
        """Take back what should not be printed any more, then ask how the others fare."""
        book = self._letters
        if book is None or self._post is None:
            return {}
        unwanted = round_.part("letters to take back", book.recallable, [])
        taken_back = self._each(round_, "letters to take back", unwanted, self._recall, lambda one: one.touch)
        untold = round_.part("letters", book.untold, [])
        told = self._each(round_, "letters", untold, self._track, lambda one: one.touch)
        return {"letters_taken_back": taken_back, "letters_asked": len(untold), "letters_told": told}

    def _look_after_calls(self, round_: "_Round") -> dict[str, int]:
        """Ask how those calls ended of which nobody told it."""
        book, line = self._calls, self._line
        if book is None or line is None:
            return {}
        unended = round_.part("calls", book.unended, [])
        ended = self._each(
            round_, "calls", unended, lambda call: self._ask_end(book, line, call), lambda one: one.touch
        )
        return {"calls_asked": len(unended), "calls_ended": ended}

    def _each(
        self, round_: "_Round", part: str, items: Sequence[T], do: Callable[[T], int], name: Callable[[T], str]
    ) -> int:
        asking = self._patience.asking(part, items, name)
        return round_.count(part, lambda: each(part, asking, do, name=name))

    def _answer(self, provider: str, part: str, item: str, ask: Callable[[], A]) -> _Answer[A] | None:
        """What a provider answers. None where it is silent, now or before in this round."""
        _live()
        if self._patience.is_mute(provider):
            return None
        try:
            return _Answer(ask())
        except Unreadable:
            return None
        except ConnectionError:
            self._patience.gave_no_answer(provider, part, item)
            return None
        finally:
            _live()

    def _reconcile(self, touch: Unsettled) -> bool:
        """Ask the provider for a message whose answer was lost. False while that is still open."""
        answer = self._answer(touch.provider, "lost answers", touch.touch, lambda: self._look_for(touch))
        return answer is not None and self._book.settle(touch, answer.found) != "waiting"

    def _ask_fate(self, touch: Unsettled) -> bool:
        """Ask the provider what became of a message that it took, where nobody told."""
        answer = self._answer(touch.provider, "reports", touch.touch, lambda: self._fate_of(touch))
        return answer is not None and self._follow is not None and self._follow.learn(touch, answer.found)

    def _fate_of(self, touch: Unsettled) -> Found | None:
        if not touch.provider_id:
            return self._look_for(touch)
        if self._fates is None:
            raise Unreadable("nobody here can ask for a message by its id")
        return self._fates.fetch(provider=touch.provider, provider_id=touch.provider_id)

    def _recall(self, letter: Posted) -> bool:
        """Take a letter back before it is printed."""
        post, book = self._post, self._letters
        if post is None or book is None:
            return False
        answer = self._answer(
            letter.provider,
            "letters to take back",
            letter.touch,
            lambda: post.cancel(provider=letter.provider, touch=letter.touch, provider_id=letter.provider_id),
        )
        return answer is not None and book.recalled(letter, answer.found)

    def _track(self, letter: Posted) -> bool:
        """Ask how a letter fares whose end nobody told. A question that is refused was asked all the same."""
        post, book = self._post, self._letters
        if post is None or book is None:
            return False

        def ask() -> Sequence[Tracked]:
            try:
                return post.tracking(provider=letter.provider, touch=letter.touch, provider_id=letter.provider_id)
            except Unreadable:
                log.warning("letter_not_told", touch=letter.touch)
                return ()

        answer = self._answer(letter.provider, "letters", letter.touch, ask)
        return answer is not None and book.learn(letter, answer.found)

    def _ask_end(self, book: CallRounds, line: CallAsking, call: Posted) -> bool:
        """Ask how a call ended. A question that is refused was asked all the same."""

        def ask() -> Standing | None:
            try:
                return line.fetch(call.provider_id)
            except Unreadable:
                log.warning("call_not_told", touch=call.touch)
                return None

        answer = self._answer(call.provider, "calls", call.touch, ask)
        return answer is not None and book.learn(call, answer.found)

    def _look_for(self, touch: Unsettled) -> Found | None:
        finder = self._finders.get(touch.channel)
        if finder is None:
            raise Unreadable("nobody here can look for a touch of this channel")
        return finder.find(
            provider=touch.provider,
            touch=touch.touch,
            to=touch.to,
            sender=touch.sender,
            since=touch.since,
            marker_sha256=touch.marker_sha256,
        )

    def _catch_up(self, ear: Ear) -> int:
        """Ask the provider what people wrote, and take what no webhook brought."""
        answer = self._answer(
            LISTING_ROUTE,
            "replies",
            ear.lender,
            lambda: self._listing.written_to(ear.number, since=ear.since, until=ear.until),
        )
        return 0 if answer is None else self._replies.take_missed(ear, answer.found)

    def _begun(self) -> list[OpenCheckout]:
        return [] if self._checkouts is None or self._payments is None else self._checkouts.begun()

    def _ask_about(self, checkout: OpenCheckout) -> int:
        """Look at a payment that was begun and of which no webhook told the end."""
        payments, checkouts = self._payments, self._checkouts
        if checkouts is None or payments is None:
            return 0
        answer = self._answer(PAYMENTS, "payments", checkout.checkout, lambda: payments.fetch(checkout.provider_id))
        return 0 if answer is None else checkouts.settle(checkout, answer.found)

    def _start_missing(self) -> int:
        """Compare a stretch of the open accounts with what Temporal runs, and start what is not there."""
        if self._runs is None:
            return 0
        stretch = self._book.stretch()
        running = self._runs.running([each.account for each in stretch]) if stretch else frozenset[str]()
        return self._book.start_missing([each for each in stretch if each.account not in running])

    def _start_cases(self, cases: CaseSweeps) -> int:
        if self._case_runs is None:
            return 0
        stretch = cases.stretch()
        running = self._case_runs.running([each.case for each in stretch]) if stretch else frozenset[str]()
        return cases.start_missing([each for each in stretch if each.case not in running])


class _Round:
    """Counts what failed in one round, and lets the next part begin all the same."""

    def __init__(self) -> None:
        self.failed = 0

    def count(self, part: str, do: Callable[[], int]) -> int:
        """What a part counted, also when some of its items failed."""
        try:
            return self.part(part, do, 0)
        except PartlyDone as partly:
            self.failed += partly.failed
            return partly.done

    def part(self, part: str, do: Callable[[], T], instead: T) -> T:
        _live()
        try:
            return do()
        except (PartlyDone, CancelledError):
            raise  # the one is counted by `count`, the other ends the round
        except Exception as error:  # noqa: BLE001  whatever it is, the other parts have their turn
            self.failed += 1
            log.error("upkeep_part_failed", part=part, error=type(error).__name__)  # noqa: TRY400  a trace may quote a row
            return instead


def _live() -> None:
    """Say that the round is alive, and end it where it is to stop: an adapter may have taken that for its own error."""
    activity.heartbeat()
    if activity.is_cancelled():
        raise CancelledError("upkeep is to stop")
