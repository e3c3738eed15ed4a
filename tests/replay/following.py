"""What all recordings need to know of a life that was played: that it ended by cancellation, and its runs."""

from collections.abc import Awaitable

from temporalio.client import Client, WorkflowFailureError, WorkflowHistory


async def cancelled(result: Awaitable[object]) -> None:
    """Wait for the end of a life that was cancelled."""
    try:
        await result
    except WorkflowFailureError:
        return
    raise AssertionError("the life was to end by its cancellation")


async def runs(client: Client, workflow: str, run: str | None, names: tuple[str, ...]) -> dict[str, WorkflowHistory]:
    """The history of each run of a life, following the pages it turned."""
    found: dict[str, WorkflowHistory] = {}
    for name in names:
        history = await client.get_workflow_handle(workflow, run_id=run).fetch_history()
        found[name] = history
        run = history.events[-1].workflow_execution_continued_as_new_event_attributes.new_execution_run_id
    return found
