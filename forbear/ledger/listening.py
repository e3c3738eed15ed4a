"""Takes messages that people wrote while nobody could be told: the carrier keeps them, and upkeep asks it.

A webhook that met a dead API or database is tried for some seconds and then given up; a request to stop must not depend
on that. What a webhook did bring is known by the carrier's id and is not taken again.
"""

from collections.abc import Callable, Iterator, Sequence
from datetime import date, datetime, timedelta

import structlog
from sqlalchemy import select, union

from forbear.ledger import routes
from forbear.ledger.engine import Ledger
from forbear.ledger.replies import Inbound, take_reply
from forbear.ledger.tables.contacts import Reply
from forbear.ledger.tables.people import Lender
from forbear.ledger.tables.senders import Sender
from forbear.ledger.writers import find_writer
from forbear.ports.replies import Ear, Reading, Written

Read = Callable[[str, str, date | None], Reading]
LOOK_BACK = timedelta(days=7)
"""World time, for the first round of a process: how long everything of ours may have been away."""
WEBHOOKS_FIRST = timedelta(seconds=20)
"""Machine time in which the carrier still tries by itself."""
LISTING_LAG = timedelta(minutes=15)
"""World time that the carrier's list may lag behind what it received."""
log = structlog.get_logger(__name__)


class ListeningBook:
    """Implements `forbear.ports.replies.ReplyBook`; `read` understands a message's words."""

    def __init__(self, ledger: Ledger, read: Read) -> None:
        self._ledger = ledger
        self._read = read
        self._heard: dict[str, datetime] = {}

    def ears(self) -> list[Ear]:
        now = self._ledger.clock.now()
        until = now - self._ledger.clock.world_span(WEBHOOKS_FIRST)
        return [
            Ear(tenant, lender, number, self._heard.get(number, now - LOOK_BACK), until)
            for tenant, lender, number in self._numbers()
        ]

    def take_missed(self, ear: Ear, listed: Sequence[Written]) -> int:
        with self._ledger.worker(ear.tenant) as session:
            ids = [written.provider_id for written in listed]
            known = set(session.scalars(select(Reply.provider_id).where(Reply.provider_id.in_(ids))))
        # Oldest first: a START after a STOP must stay the last word.
        in_order = list(reversed(listed))  # the newest comes first, and of two in one second too
        in_order.sort(key=lambda one: one.at)
        missed = [one for one in in_order if one.provider_id not in known]
        heard_later = {one.sender: one.at for one in in_order if one.provider_id in known}
        fresh: list[bool | None] = []
        for written in missed:
            obeyed_since = heard_later.get(written.sender)
            outdated = obeyed_since is not None and obeyed_since >= written.at
            fresh.append(self._try(ear, written, outdated=outdated))
        if None not in fresh:
            self._heard[ear.number] = ear.until - LISTING_LAG
        return sum(each is True for each in fresh)

    def _numbers(self) -> Iterator[tuple[str, str, str]]:
        with self._ledger.worker() as session:
            tenants = routes.tenants(session)
        for tenant in tenants:
            with self._ledger.worker(tenant) as session:
                own = select(Lender.id, Lender.sender)
                pools = select(Sender.lender, Sender.address)  # retired ones too: people write to what they know
                lenders = sorted((lender, sender) for lender, sender in session.execute(union(own, pools)))
            yield from ((tenant, lender, sender) for lender, sender in lenders if sender)

    def _try(self, ear: Ear, written: Written, *, outdated: bool) -> bool | None:
        """Take one message; None if it cannot be taken now, which must not keep the others or upkeep waiting."""
        try:
            return self._take(ear, written, outdated=outdated)
        except Exception as error:  # noqa: BLE001  whatever it is, the next message may be a request to stop
            log.error("reply.not_taken", provider_id=written.provider_id, error=type(error).__name__)  # noqa: TRY400  a trace may quote the text
            return None

    def _take(self, ear: Ear, written: Written, *, outdated: bool) -> bool:
        with self._ledger.worker(ear.tenant) as session:
            writer = find_writer(session, self._ledger.vault, ear.tenant, ear.lender, written.sender)
            reading = self._read(written.text, writer.language, writer.today(written.at))
            if outdated and reading.kind == "start":
                # A later word of theirs was obeyed already: a START from before it must not undo it.
                log.warning("reply.start_outdated", provider_id=written.provider_id)
                reading = Reading("other", stops=False)
            inbound = Inbound(sender=written.sender, text=written.text, provider_id=written.provider_id)
            taken = take_reply(self._ledger, session, writer, inbound, reading)
        log.warning("reply.caught_up", provider_id=written.provider_id, reading=reading.kind, fresh=taken.fresh)
        return taken.fresh
