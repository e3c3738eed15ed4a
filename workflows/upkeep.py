"""The loop that finds what waits in silence: claims beyond their lease, lost answers, idle accounts, unsealed rows.

It runs for as long as the installation does and turns the page now and then, so that its history stays short.
"""

from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import FailureError, is_cancelled_exception

with workflow.unsafe.imports_passed_through():
    from activities.upkeep import UpkeepActivities
    from forbear.contracts import queues
    from forbear.contracts.decision import UpkeepReport, UpkeepStart

ROUNDS_A_RUN = 80
ROUND_TIMEOUT = timedelta(minutes=5)
SIGN_OF_LIFE = timedelta(seconds=40)
"""A worker that died in a round is not waited for: nothing would be reconciled meanwhile."""
FEW_TRIES = RetryPolicy(maximum_attempts=3, maximum_interval=timedelta(seconds=15))


@workflow.defn(name=queues.UPKEEP_WORKFLOW)
class UpkeepWorkflow:
    @workflow.run
    async def run(self, start: UpkeepStart) -> None:
        for _ in range(ROUNDS_A_RUN):
            await self._round()
            await workflow.sleep(timedelta(seconds=start.every_seconds), summary="Until the next round of upkeep")
        workflow.continue_as_new(start)

    async def _round(self) -> None:
        try:
            report = await workflow.execute_activity_method(
                UpkeepActivities.look_after,
                start_to_close_timeout=ROUND_TIMEOUT,
                heartbeat_timeout=SIGN_OF_LIFE,
                retry_policy=FEW_TRIES,
                summary="Sweep, reconcile, seal",
            )
            workflow.set_current_details(_in_words(report))
        except FailureError as error:
            if is_cancelled_exception(error):
                raise
            workflow.logger.warning("a round of upkeep failed; the next one tries again")


def _in_words(report: UpkeepReport) -> str:
    failed = f" **{report.failed} failed: see the worker's log.**" if report.failed else ""
    return (
        f"Looked at {report.accounts_seen} open accounts, woke {report.accounts_woken}, started "
        f"{report.accounts_without_run} without a workflow; of {report.cases_seen} cases on a path, woke "
        f"{report.cases_woken} and started {report.cases_without_run}; gave back {report.claims_expired} claims; "
        f"settled {report.unknown_settled} of {report.unknown_seen} lost answers and {report.payments_settled} of "
        f"{report.payments_seen} payments; caught up on {report.replies_caught_up} replies; sealed "
        f"{report.rows_sealed} audit rows; removed {report.rows_purged} spent rows.{failed}"
    )
