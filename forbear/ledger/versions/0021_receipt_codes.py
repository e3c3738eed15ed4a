"""Tell receipts of one status apart by their code: a refusal that is told again as an opt-out is other news."""

from alembic import op

revision = "0021"
down_revision = "0020"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.execute("""
        alter table receipt drop constraint uq_receipt_touch_source_status_provider_id;
        alter table receipt add constraint uq_receipt_touch_source_status_provider_id_code
            unique nulls not distinct (touch, source, status, provider_id, code);
    """)


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
