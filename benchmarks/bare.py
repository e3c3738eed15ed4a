"""The limit of the account loop: a workflow that only waits and has a no-op done, as often as it is told."""

from datetime import timedelta

from temporalio import activity, workflow

QUEUE = "bench-bare"
NOBODY = "bench-nobody"
"""A queue that no worker reads: a start is written and nothing more happens."""
TIMER = timedelta(milliseconds=200)
"""The account loop's shortest rest."""
TIMEOUT = timedelta(seconds=25)


@activity.defn(name="no_op")
def no_op() -> None:
    """Nothing."""


@workflow.defn(name="BareLoop")
class BareLoop:
    @workflow.run
    async def run(self, times: int) -> None:
        for _ in range(times):
            await workflow.sleep(TIMER)
            await workflow.execute_activity(no_op, start_to_close_timeout=TIMEOUT)


@workflow.defn(name="BareWait")
class BareWait:
    """Waits for longer than anybody measures."""

    @workflow.run
    async def run(self) -> None:
        await workflow.sleep(timedelta(days=7))
