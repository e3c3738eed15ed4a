"""A worker that the machine forgets between its claim and its first byte: it must not send when it comes back late.

A lock on the links keeps the sender inside its last look into the ledger; the worker is stopped there, the lock is
given up, the time to send passes, and the worker goes on as if nothing had happened.
"""

from pathlib import Path

import psycopg
import pytest
from sqlalchemy.engine import make_url

from tests.faults.stage import Stage, opened


@pytest.mark.prove
@pytest.mark.timeout(900)
def test_a_worker_that_slept_past_its_time_does_not_send(tmp_path: Path) -> None:
    with opened(tmp_path) as stage:
        stage.enrolling(stage.loans).result()
        late = sleep_between_claim_and_send(stage)
        stage.await_that(lambda: not late & stage.touches("claimed", "dispatching").keys(), "the sleeper has spoken")
        failed = stage.touches("failed")
        assert late <= failed.keys()
        # One of them was past every look into the ledger: only the comparison before the first byte was left.
        assert any(touch.dispatched_at for touch in failed.values() if touch.id in late)
        stage.await_that(lambda: bool(stage.texts()), "the house sends again")
        verdict = stage.end()
        assert verdict["findings"] == []
        assert not late & set(stage.texts())


def sleep_between_claim_and_send(stage: Stage) -> set[str]:
    """Stop the worker with touches in its hands until they may no longer be sent; returns these touches."""
    url = make_url(stage.house.settings.database_url_for("migrator")).set(drivername="postgresql")
    with psycopg.connect(url.render_as_string(hide_password=False)) as lock:
        lock.execute("lock table link in share row exclusive mode")
        stage.await_that(lambda: waiting(lock) > 0, "a sender wants to make its link")
        with stage.paused("worker"):
            held = stage.touches("claimed")
            lock.rollback()
            last = max(touch.dispatch_by for touch in held.values())
            stage.await_that(lambda: stage.clock.now() > last, "their time has passed")
            assert not set(stage.texts()) & held.keys()
    return set(held)


def waiting(lock: psycopg.Connection) -> int:
    """How many wait for the lock that this connection holds."""
    row = lock.execute("select count(*) from pg_locks where relation = 'link'::regclass and not granted").fetchone()
    assert row is not None
    return int(row[0])
