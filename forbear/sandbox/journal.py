"""The world's own record, `carrier.jsonl`: what was accepted and what became of it, for a judge to read.

Only the sandbox appends to it, one flushed line per event; `at` is always the world's UTC instant. Forms:

* A text the application asked for, at acceptance:
  `{"at", "channel": "sms", "to", "from", "sid", "ref", "status", "body_sha256"}`. `ref` is the parameter `t` of the
  status callback's address, or null. Answers to an inbound webhook (TwiML `<Message>`) have the channel `sms-reply`,
  the carrier's own answers to STOP, START and HELP have `sms-auto`; both have a null `ref`.
* A text to a Chinese number by the domestic provider has the same fields and `route: "aliyun"`: `from` is the
  signature, `ref` the OutId, `template` the approved wording's code, `links` how many addresses the text holds, `words`
  which words of debt it says. Its `error_code` later is a word of the provider's, and a person's answer (`sms-in`) has
  the route too.
* A later state of any of them: `{"at", "sid", "status"}`, with `error_code` where there is one. No `channel`.
* A text from a person: `{"at", "channel": "sms-in", "kind", "from", "to", "sid", "ref": null, "body_sha256"}`. `kind`
  is what the person meant, whatever the words: `stop`, `start`, `help`, `promise`, `dispute`, `hardship`,
  `wrong_person` or `text`.
* A call: `{"at", "channel": "call", "kind", "sid", "from", "to", "ref", "status"}`. `kind` is `accepted` (the only one
  that means the application placed a call), `answered` (with `answered_by`), `ended` (with `seconds`, `answered_by`,
  and the digests `said_sha256` of all we said and `left_sha256` of what a mailbox kept, or null), or `inbound`.
* What a person told a menu that took it: `{"at", "channel": "call-in", "kind", "from", "to", "sid", "ref"}`; `kind` is
  what the words beside the key mean: `me`, `not_me`, `wrong`, `stop`, `pay` (by a link), `promise`, `dispute`,
  `hardship`, `human`, `repeat`, `confirm` or `redo`.
* A letter: `{"at", "channel": "letter", "kind", "sid", "ref", "sha256"}`; `kind` is `accepted` (with `service` and
  `pages`), `mailed`, `delivered`, `returned`, `lost` or `cancelled`, also where no scan ever told; `ref` is the touch
  in its metadata, `sha256` the digest of the file as it came.
* A deed on the borrower's page that the page acknowledged: `{"at", "channel": "page", "kind", "from", "sid", "ref":
  null}` with `kind` as above or `pay`; `sid` is the payment session of a `pay`, else null.
* Money paid at the payment provider: `{"at", "channel": "payment", "kind": "payment", "from": null, "sid", "ref",
  "amount", "currency"}`. `sid` is the checkout session, `ref` its `client_reference_id`, `amount` a decimal text.

Lines are committed to the sandbox's memory first and appended after; a restart appends what a kill cut off.
"""

import json
from pathlib import Path
from typing import Any

from forbear.sandbox.store import Store

_BASE = "journal_base"


class Journal:
    """Appends committed lines, each exactly once."""

    def __init__(self, path: Path, store: Store) -> None:
        self._store = store
        path.parent.mkdir(parents=True, exist_ok=True)
        self._file = path.open("ab")
        lines = _whole_lines(path)
        base = store.fact(_BASE)
        if base is None:
            base = str(lines)
            with store.transaction():
                store.remember(_BASE, base)
        self._written = max(0, lines - int(base))
        store.after_commit.append(self.flush)
        self.flush()

    def write(self, line: dict[str, Any]) -> None:
        """Record a line within the current transaction; it reaches the file when that commits."""
        self._store.run("INSERT INTO journal (line) VALUES (?)", json.dumps(line, ensure_ascii=False))

    def flush(self) -> None:
        """Append what is committed and not yet in the file."""
        for row in self._store.rows("SELECT seq, line FROM journal WHERE seq > ? ORDER BY seq", self._written):
            self._file.write(row["line"].encode() + b"\n")
            self._file.flush()
            self._written = int(row["seq"])

    def since(self, seq: int, limit: int) -> list[dict[str, Any]]:
        """The lines after the one of that number, oldest first, each with its own."""
        rows = self._store.rows("SELECT seq, line FROM journal WHERE seq > ? ORDER BY seq LIMIT ?", seq, limit)
        return [{"seq": row["seq"], **json.loads(row["line"])} for row in rows]

    def close(self) -> None:
        self._file.close()


def _whole_lines(path: Path) -> int:
    """Count the lines, cutting off a last one that a kill left torn."""
    content = path.read_bytes()
    whole = content.rfind(b"\n") + 1
    if whole < len(content):
        with path.open("r+b") as file:
            file.truncate(whole)
    return content.count(b"\n")
