"""Enrolment and the view of an account."""


from tests.api.house import Client, House, enrolment

from forbear.api.lender import answers


def test_an_account_is_enrolled_and_says_what_is_next(house: House, one: Client) -> None:
    answer = one.post("/v1/accounts", enrolment(external_id="LN-first"))
    assert answer.status_code == 201
    account = answers.Account.model_validate(answer.json())
    assert answer.headers["Location"] == f"/v1/accounts/{account.id}"
    assert (account.external_id, account.state, account.stage) == ("LN-first", "open", "M1")
    assert account.balance.total.amount == "456.25"
    assert account.next is not None
    assert account.next.reason == "enrolled; first decision pending"
    assert house.facts(account.id) == ["account_enrolled"]
    got = one.get(answer.headers["Location"])
    assert got.json() == answer.json()
    assert got.headers["ETag"] == answer.headers["ETag"]
