"""A task says why it is there by a code and its values, so that its page can say it in the reader's language.

Sentences of tasks from before are taken apart where they are one of ours; any other is kept as it was written. An
account that is held until somebody has looked is a kind of its own.
"""

from alembic import op

from forbear.ledger.securing import run

revision = "0016"
down_revision = "0015"
branch_labels = None
depends_on = None

SQL = r"""
    alter table task add column reason_values jsonb not null default '{}';
    alter table task drop constraint ck_task_kind;
    alter table task add constraint ck_task_kind
        check (kind in ('call', 'visit', 'reply', 'unknown_touch', 'unmapped_code', 'route', 'number', 'account'));
    update task set reason_values = jsonb_build_object('sentence', reason), reason = 'earlier';
    update task set reason = 'step', reason_values = jsonb_build_object(
            'step', step, 'title', left(reason_values->>'sentence', -length(' (step ' || step || ')')))
        where step is not null and right(reason_values->>'sentence', length(' (step ' || step || ')')) = ' (step ' || step || ')';
    update task set reason = said.code, reason_values = '{}' from (values
            ('reply_other', 'A message that no machine understood%'),
            ('reply_help', 'Somebody asks who we are or how to pay%'),
            ('reply_paid', 'Somebody says that it is paid%'),
            ('reply_promise', 'Somebody promises to pay and names no day%'),
            ('reply_start', 'Somebody wants texts again%'),
            ('reply_recording', 'Somebody said in a call what is not right%'),
            ('number_wrong_person', 'Somebody said that this is the wrong person%'),
            ('address_deceased', 'A letter came back with the note that its reader has died%')
        ) as said (code, opening)
        where reason = 'earlier' and kind in ('reply', 'number') and reason_values->>'sentence' like said.opening;
    update task set reason = 'reply_understood', reason_values = jsonb_build_object('reading',
            replace(substring(reason_values->>'sentence' from '^Understood as (.*) and obeyed'), ' ', '_'))
        where reason = 'earlier' and kind = 'reply' and reason_values->>'sentence' ~ '^Understood as (.*) and obeyed';
    update task set
            reason = case when reason_values->>'sentence' like '%No machine contacts it%' then 'number_never_again'
                when reason_values->>'sentence' like '%Address to be corrected%' then 'address_code' else 'number_code' end,
            reason_values = jsonb_build_object('code', substring(reason_values->>'sentence' from '^code ([^ ]+): ')) ||
                case when reason_values->>'sentence' like '%Address to be corrected%'
                then '{"channel": "letter", "provider": ""}'::jsonb else '{"channel": "sms", "provider": "twilio"}'::jsonb end
        where reason = 'earlier' and kind = 'number' and reason_values->>'sentence' ~ '^code [^ ]+: ';
    update task set
            reason = case when t.task is null then 'unknown_at_provider' else 'unknown_by_hand' end,
            reason_values = jsonb_build_object('channel', t.channel) ||
                case when t.task is null then jsonb_build_object('provider', t.provider) else '{}' end
        from touch t where t.id = task.touch and task.kind = 'unknown_touch' and task.reason = 'earlier'
            and task.reason_values->>'sentence' like 'Nobody knows whether this %';
    update task set reason = 'unknown_abandoned', reason_values = jsonb_build_object('channel', t.channel)
        from touch t where t.id = task.touch and task.kind = 'unknown_touch' and task.reason = 'earlier'
            and task.reason_values->>'sentence' like 'a % was begun and nobody said how it ended%';
    update task set reason = 'incident_' || i.kind, reason_values = jsonb_build_object(
            'channel', t.channel, 'provider', t.provider, 'sender', t.sender, 'code', i.code) ||
                case when i.kind = 'template' then jsonb_build_object('template', i.template) else '{}' end
        from incident i join touch t on t.id = i.touch where i.task = task.id and task.reason = 'earlier';
"""


def upgrade() -> None:
    run(op.get_bind(), SQL)


def downgrade() -> None:
    raise NotImplementedError("The record is not taken back: restore a backup instead")
