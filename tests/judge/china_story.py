"""The true story with a second lender: a Chinese savings bank of the same tenant, and its domestic route.

Jia lives in Xinjiang and has Yi as guarantor and Bing as a contact. Ada, whom the first lender knows too, has a Chinese
number and lives in New York.
"""

from tests.judge.reading import Row
from tests.judge.story import Story, a_true_story, permission, unsend

BANK, UNION, SIGNATURE = "len_bank", "len_union", "示例储蓄"
JIA, YI, BING, ADA_IN_CHINA = "+8619900000001", "+8619900000002", "+8619900000003", "+8619900000004"
CODES = {"cn-notice-friendly": "SMS_100001", "cn-notice-talk": "SMS_100002", "cn-guarantor-notice": "SMS_100003"}


def a_true_story_of_two_lenders() -> Story:
    story = a_true_story()
    story.ledger += [
        {"table": "lender", "id": UNION, "sender": "+15005550006"},
        {"table": "lender", "id": BANK, "sender": SIGNATURE},
    ]
    for line in story.client:
        if line["kind"] == "enrolled":
            line["lender"] = UNION
            story.row("account", id=line["account"])["lender"] = UNION
    yi = _other("guarantor", "yi", YI)
    _enrol(story, "acc_jia", "jia", JIA, "Asia/Urumqi", countries=["CN"], others=[yi])
    _enrol(story, "acc_ada", "ada", ADA_IN_CHINA, "America/New_York", countries=["CN", "US"])
    send_domestic(story, "tch_6", "acc_jia", JIA, "2026-10-28T00:05:00Z")
    send_domestic(
        story, "tch_7", "acc_jia", YI, "2026-10-28T13:50:00Z", template="cn-guarantor-notice", role="guarantor"
    )
    unsend(story, "tch_4")
    send_domestic(story, "tch_8", "acc_ada", ADA_IN_CHINA, "2026-11-04T13:30:00Z", template="cn-notice-talk")
    return story


def _enrol(
    story: Story,
    account: str,
    person: str,
    phone: str,
    zone: str,
    *,
    countries: list[str],
    others: list[Row] | None = None,
) -> None:
    line = {"at": "2026-10-26T10:40:00Z", "kind": "enrolled", "account": account, "lender": BANK}
    told = {"opt_outs": [], "contacts": [], "owed": "900.00", "balance_as_of": "2026-10-26T02:00:00Z"}
    story.client.append(
        line | _person(person, phone) | {"zones": [zone], "countries": countries, "others": others or []} | told
    )
    story.client.append(
        {"at": "2026-11-03T12:00:00Z", "kind": "balance", "account": account, "owed": "900.00"}
        | {"as_of": "2026-11-03T11:00:00Z"}
    )
    story.ledger += [
        {"table": "account", "id": account, "lender": BANK, "state": "open"}
        | {"next_at": "2026-11-08T02:00:00Z", "next_reason": "the next step begins then"},
        {"table": "entry", "account": account, "component": "principal", "amount": "900.00", "payment": None},
    ]
    _stand(story, account, person, "borrower")
    for other in others or []:
        _stand(story, account, other["person"], other["role"])


def _person(label: str, phone: str) -> Row:
    return {"person": label, "phones": [phone], "consents": [permission(phone, "2026-01-05T12:00:00Z")]}


def _other(role: str, label: str, phone: str) -> Row:
    return {"role": role, **_person(label, phone), "zones": ["Asia/Shanghai"], "countries": ["CN"]}


def _stand(story: Story, account: str, person: str, role: str) -> None:
    story.ledger += [
        {"table": "party", "account": account, "person": f"per_{person}", "role": role},
        {"table": "contact_point", "id": f"pt_{account}_{role}", "person": f"per_{person}"}
        | {"address_key": f"key_{person}_{account}"},
    ]


def send_domestic(
    story: Story,
    touch: str,
    account: str,
    phone: str,
    at: str,
    *,
    template: str = "cn-notice-friendly",
    role: str = "borrower",
) -> None:
    """A claim for the domestic route, its acceptance and its delivery a minute later."""
    minute = at.removesuffix(":00Z")
    claim = {"table": "touch", "id": touch, "account": account, "accounts": [account], "channel": "sms", "role": role}
    story.ledger.append(
        claim
        | {"provider": "aliyun", "template": template, "language": "zh-Hans", "state": "delivered"}
        | {"claimed_at": at, "lease_until": at}
    )
    text = {"at": f"{minute}:20Z", "channel": "sms", "to": phone, "from": SIGNATURE, "sid": f"SM{touch}", "ref": touch}
    story.world += [
        text | {"status": "accepted", "route": "aliyun", "template": CODES[template], "links": 0, "words": []},
        {"at": f"{minute}:50Z", "sid": f"SM{touch}", "status": "delivered"},
    ]


def add_contact(story: Story) -> None:
    """Bing, named for emergencies on Jia's account."""
    story.told(kind="enrolled", account="acc_jia")["others"].append(_other("contact", "bing", BING))
    _stand(story, "acc_jia", "bing", "contact")
