"""Who said STOP to whom: the carrier's own wall, for a pair of numbers and for a Messaging Service behind one."""

from forbear.sandbox.keywords import Keyword
from forbear.sandbox.store import Store


class OptOuts:
    """The table of blocked pairs."""

    def __init__(self, store: Store) -> None:
        self._store = store

    def blocked(self, sender: str | None, phone: str) -> bool:
        """Whether a phone said STOP to a number or a service."""
        return self._store.row("SELECT 1 FROM blocks WHERE sender = ? AND phone = ?", sender, phone) is not None

    def obey(self, word: Keyword, number: str, phone: str, at: str) -> bool:
        """Block or unblock; whether the carrier answers: HELP always, the others when they change something."""
        known = self.blocked(number, phone)
        for sender in {number, self.service_between(number, phone)} - {None}:
            if word == "stop":
                self._store.run("INSERT OR IGNORE INTO blocks VALUES (?, ?, ?)", sender, phone, at)
            elif word == "start":
                self._store.run("DELETE FROM blocks WHERE sender = ? AND phone = ?", sender, phone)
        return word == "help" or known == (word == "start")

    def service_between(self, number: str, phone: str) -> str | None:
        """The Messaging Service through which this number last wrote to this phone."""
        # Answers, the carrier's own included, go out from the number alone and say nothing of a service.
        query = (
            "SELECT service FROM messages WHERE sender = ? AND recipient = ? AND direction = 'outbound-api' "
            "ORDER BY seq DESC LIMIT 1"
        )
        row = self._store.row(query, number, phone)
        return None if row is None else row["service"]
