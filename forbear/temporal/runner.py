"""The sandbox that workflow code runs in: in the worker, in tests and in the replay of saved histories alike."""

from temporalio import workflow
from temporalio.worker.workflow_sandbox import SandboxedWorkflowRunner, SandboxRestrictions


def sandbox() -> SandboxedWorkflowRunner:
    """Our own rooms pass through: importing them again for every run costs memory and time."""
    policy = (
        workflow.SandboxImportNotificationPolicy.WARN_ON_DYNAMIC_IMPORT
        | workflow.SandboxImportNotificationPolicy.RAISE_ON_UNINTENTIONAL_PASSTHROUGH
    )
    restrictions = SandboxRestrictions.default.with_passthrough_modules("forbear", "activities")
    return SandboxedWorkflowRunner(restrictions=restrictions.with_import_notification_policy(policy))
