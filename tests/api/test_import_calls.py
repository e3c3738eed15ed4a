"""The calls of an import over HTTP: what is taken, what is answered, who sees it, and what a dropped upload leaves."""

import asyncio
import csv
import io
import json
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest
from fastapi.concurrency import run_in_threadpool
from structlog.testing import capture_logs

from forbear.api.imports import answers, routes
from forbear.api.imports.records import FORMULA
from forbear.api.imports.results import escaped
from forbear.api.imports.slots import Slots
from forbear.errors import NotFound
from forbear.ledger import import_files
from forbear.ledger.admin import add_key
from forbear.ledger.import_spool import Dropped, Upload
from tests.api.house import Client, House
from tests.api.importing import COLUMNS, good, packed, row, table

Json = dict[str, Any]
_keys = iter(range(1, 10_000))


def _send(
    house: House, client: Client, body: bytes | Iterator[bytes], *, path: str = "/v1/imports", **headers: str
) -> httpx.Response:
    told = {
        "Authorization": f"Bearer {client.key}",
        "Idempotency-Key": f"imp-{next(_keys)}",
        "Content-Type": "text/csv",
    }
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return house.http.post(path, content=body, headers={**told, **named})


def _end(client: Client, sent: httpx.Response) -> Json:
    assert sent.status_code == 202, sent.text
    place, tick = sent.headers["Location"], threading.Event()
    for _ in range(600):
        seen = client.get(place).json()
        if seen["state"] in {"done", "refused"}:
            answers.Import.model_validate(seen)
            return seen
        tick.wait(0.05)
    raise AssertionError("the import did not end")


def _results(client: Client, seen: Json) -> list[Json]:
    return [json.loads(line) for line in client.get(seen["results"]).text.splitlines()]


def test_the_documented_file_is_answered_as_documented(house: House, one: Client) -> None:
    sent = _send(house, one, answers.CSV.encode())
    assert sent.json().keys() == answers.RECEIVED.keys()
    assert (sent.json()["state"], sent.json()["bytes"]) == ("received", len(answers.CSV.encode()))
    seen = _end(one, sent)
    documented = {**answers.DONE, **{name: seen[name] for name in ("id", "results", "finished_at", "sha256", "bytes")}}
    assert seen == documented
    rows = _results(one, seen)
    assert rows == [
        {**json.loads(line), "account": each["account"]}
        for each, line in zip(rows, answers.RESULTS.splitlines(), strict=True)
    ]
    assert one.account(rows[0]["account"])["external_id"] == "IMP-1001"
    lines = list(csv.reader(io.StringIO(one.get(f"{seen['results']}?format=csv").text.removeprefix("\ufeff"))))
    expected = list(csv.reader(io.StringIO(answers.RESULTS_CSV)))
    expected[1][3] = rows[0]["account"]
    assert lines == expected


@pytest.mark.parametrize(
    ("body", "told", "found"),
    [
        (good(2).encode(), ("", {}), ("csv", "utf-8", False)),
        (good(2).encode("utf-8-sig"), ("", {}), ("csv", "utf-8", False)),
        (packed(good(2)), ("", {}), ("csv", "utf-8", True)),
        (packed(good(2)), ("", {"Content_Encoding": "gzip"}), ("csv", "utf-8", True)),
        (packed(good(2)), ("", {"Content_Type": "application/gzip"}), ("csv", "utf-8", True)),
        (good(2).encode(), ("", {"Content_Type": "application/octet-stream"}), ("csv", "utf-8", False)),
        (good(2, borrower_name="样本").encode("gb18030"), ("&encoding=gb18030", {}), ("csv", "gb18030", False)),
        (good(2, borrower_name="样本").encode("gbk"), ("", {"Content_Type": "text/csv; charset=GBK"}), ("csv", "gb18030", False)),
        (answers.NDJSON.encode() * 2, ("", {"Content_Type": "application/x-ndjson"}), ("ndjson", "utf-8", False)),
        (answers.NDJSON.encode() * 2, ("&format=ndjson", {"Content_Type": "application/octet-stream"}), ("ndjson", "utf-8", False)),
        (answers.NDJSON.encode() * 2, ("", {"Content_Type": "application/octet-stream"}), ("ndjson", "utf-8", False)),
    ],
)  # fmt: skip
def test_format_and_encoding_are_told_by_query_or_header_or_seen(
    house: House, one: Client, body: bytes, told: tuple[str, dict[str, str]], found: tuple[str, str, bool]
) -> None:
    path, headers = told
    seen = _end(one, _send(house, one, body, path=f"/v1/imports?dry_run=true{path}", **headers))
    assert (seen["state"], seen["dry_run"], seen["position"]["rows"]) == ("done", True, 2)
    assert (seen["format"], seen["encoding"], seen["compressed"]) == found


@pytest.mark.parametrize(
    "headers",
    [
        {"Content_Type": "application/json"},
        {"Content_Type": "multipart/form-data; boundary=x"},
        {"Content_Encoding": "br"},
        {"Content_Type": "text/csv; charset=big5"},
    ],
)
def test_another_kind_of_body_is_refused_at_once(house: House, one: Client, headers: dict[str, str]) -> None:
    answer = _send(house, one, good(1).encode(), **headers)
    assert (answer.status_code, answer.json()["code"]) == (415, "unsupported_media")


@pytest.mark.parametrize("query", ["format=xlsx", "encoding=latin1", "dry_run=perhaps"])
def test_another_parameter_is_refused_at_once(house: House, one: Client, query: str) -> None:
    answer = _send(house, one, good(1).encode(), path=f"/v1/imports?{query}")
    assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
    assert answer.json()["errors"][0]["pointer"] == f"/query/{query.partition('=')[0]}"


def test_a_misspelt_parameter_is_not_ignored(house: House, one: Client) -> None:
    answer = _send(house, one, good(1).encode(), path="/v1/imports?dryrun=true")
    assert (answer.status_code, answer.json()["errors"][0]["pointer"]) == (422, "/query")
    assert "dry_run" in answer.json()["errors"][0]["detail"]


def test_a_call_needs_its_key_and_its_scope(house: House, one: Client) -> None:
    answer = _send(house, one, b"x", Idempotency_Key="")
    assert (answer.status_code, answer.json()["code"]) == (400, "idempotency_key_missing")
    assert _send(house, one, b"x", Authorization="Bearer nobody").status_code == 401
    reader = add_key(house.migrator, lender=one.lender, scopes=["accounts:read"], label="reads")
    assert _send(house, one, b"x", Authorization=f"Bearer {reader.shown}").status_code == 403
    assert house.http.get("/v1/imports", headers={"Authorization": f"Bearer {reader.shown}"}).status_code == 200


def test_the_same_file_under_the_same_key_is_the_same_import(house: House, two: Client) -> None:
    body = table(*(row(n, loan_number=f"SA-{n}") for n in range(3))).encode()
    first = _send(house, two, body, Idempotency_Key="same")
    seen = _end(two, first)
    again = _send(house, two, body, Idempotency_Key="same")
    assert (again.status_code, again.json()) == (202, first.json())
    assert (again.headers["Idempotency-Replayed"], again.headers["Location"]) == ("true", first.headers["Location"])
    assert two.get(again.headers["Location"]).json() == seen
    for other, path in ((body + b"\n", ""), (body, "?dry_run=true"), (body, "?format=csv&encoding=utf-8")):
        answer = _send(house, two, other, path=f"/v1/imports{path}", Idempotency_Key="same")
        assert (answer.status_code, answer.json()["code"]) == (422, "idempotency_key_reused")
    renewed = _end(two, _send(house, two, body))
    assert renewed["counts"] == {"enrolled": 0, "already": 3, "would_enrol": 0, "refused": 0}


def test_a_key_that_is_being_answered_is_told_to_come_back(house: House, one: Client) -> None:
    upload = Upload(house.ledger, tenant=one.tenant, lender=one.lender, key="busy", told="")
    upload.begin()
    try:
        answer = _send(house, one, good(1).encode(), Idempotency_Key="busy")
    finally:
        upload.drop()
    assert (answer.status_code, answer.json()["code"], answer.headers["Retry-After"]) == (409, "in_progress", "1")


def test_a_file_in_pieces_without_a_length_arrives_whole(house: House, one: Client) -> None:
    body = good(3_000).encode()
    seen = _end(
        one,
        _send(
            house, one, (body[at : at + 10_000] for at in range(0, len(body), 10_000)), path="/v1/imports?dry_run=true"
        ),
    )
    assert (seen["bytes"], seen["counts"]["would_enrol"]) == (len(body), 3_000)
    assert len(_results(one, seen)) == 3_000


def test_a_dropped_upload_leaves_nothing_and_its_key_free(house: House, two: Client) -> None:
    before = two.get("/v1/imports?limit=100").json()["data"]
    place = urlsplit(house.base_url)
    with capture_logs() as logs:
        with socket.create_connection((str(place.hostname), place.port or 0)) as wire:
            head = (
                "POST /v1/imports HTTP/1.1\r\nHost: example.com\r\nContent-Type: text/csv\r\nContent-Length: 900000\r\n"
                f"Authorization: Bearer {two.key}\r\nIdempotency-Key: dropped\r\n\r\n"
            )
            wire.sendall(head.encode() + good(4_000).encode()[:600_000])
        _await(lambda: any(line["event"] == "upload_dropped" for line in logs))
    assert two.get("/v1/imports?limit=100").json()["data"] == before
    assert "Zebediah" not in str(logs)
    body = table(row(1, loan_number="DR-1")).encode()
    assert _end(two, _send(house, two, body, Idempotency_Key="dropped"))["counts"]["enrolled"] == 1


def _await(holds: Callable[[], bool]) -> None:
    tick = threading.Event()
    for _ in range(400):
        if holds():
            return
        tick.wait(0.05)
    raise AssertionError("it did not come to be")


def test_an_upload_that_stands_still_is_ended(house: House, one: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "PACE_SECONDS", 0.2)
    never = threading.Event()

    def slowly() -> Iterator[bytes]:
        yield b"loan_number,"
        never.wait(1.5)
        yield b"product\r\n"

    answer = _send(house, one, slowly())
    assert (answer.status_code, answer.json()["code"]) == (408, "upload_stalled")


def test_a_file_that_is_too_large_is_refused(house: House, one: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(routes, "MAX_BYTES", 300_000)
    body = good(3_000).encode()
    for sent in (body, (body[at : at + 100_000] for at in range(0, len(body), 100_000))):
        answer = _send(house, one, sent)
        assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
        assert "Split the file" in answer.json()["detail"]


def test_a_file_that_trickles_is_ended_however_steadily_it_comes(
    house: House, one: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(routes, "UPLOAD_SECONDS", 0.5)
    monkeypatch.setattr(routes, "PIECE", 10)
    never = threading.Event()

    def trickling() -> Iterator[bytes]:
        for _ in range(15):
            yield b"loan_number,"
            never.wait(0.1)

    answer = _send(house, one, trickling())
    assert (answer.status_code, answer.json()["code"]) == (408, "upload_stalled")
    assert "The file took more than" in answer.json()["detail"]


def test_too_many_files_at_once_are_told_to_wait(house: House, one: Client, two: Client, bank: Client) -> None:
    slots = house.app.state.uploads
    assert [slots.take(one.lender) for _ in range(3)] == [True, True, False]
    answer = _send(house, one, good(1).encode())
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "5")
    assert _send(house, two, good(1).encode(), path="/v1/imports?dry_run=true").status_code == 202
    assert [slots.take(two.lender) for _ in range(2)] == [True, True]
    assert _send(house, bank, good(1).encode()).status_code == 429
    for lender in (one.lender, one.lender, two.lender, two.lender):
        slots.give(lender)
    assert [slots.take("len_other") for _ in range(3)] == [True, True, False]
    slots.give("len_other")
    slots.give("len_other")
    assert _send(house, one, good(1).encode(), path="/v1/imports?dry_run=true").status_code == 202


def test_an_upload_is_dropped_away_from_the_event_loop(
    house: House, one: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    drop, threads = Upload.drop, list[str]()

    def dropping(upload: Upload) -> None:
        try:
            asyncio.get_running_loop()
        except RuntimeError:
            threads.append("of the pool")
        else:
            threads.append("of the loop")
        drop(upload)

    monkeypatch.setattr(Upload, "drop", dropping)
    assert _send(house, one, good(1).encode(), path="/v1/imports?dry_run=true").status_code == 202
    assert set(threads) == {"of the pool"}


def test_an_upload_that_is_given_up_while_a_thread_writes_leaves_nothing(
    house: House, one: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """As when the server ends its calls: the call is over at once, and the thread only later."""
    writing, going_on, given = threading.Event(), threading.Event(), list[str]()
    put = Upload._put  # pyright: ignore[reportPrivateUsage]  the step of it that takes long

    def slowly(upload: Upload, plain: bytes) -> None:
        writing.set()
        assert going_on.wait(20)
        put(upload, plain)

    class Told(Slots):
        def give(self, lender: str) -> None:
            given.append(lender)

    monkeypatch.setattr(Upload, "_put", slowly)
    upload = Upload(house.ledger, tenant=one.tenant, lender=one.lender, key="given-up", told="")

    async def call() -> None:
        try:
            await run_in_threadpool(upload.begin)
            await run_in_threadpool(upload.write, b"x" * 300_000)
        finally:
            await asyncio.shield(routes._drop(upload, Told(), one.lender))  # pyright: ignore[reportPrivateUsage]  as the call ends

    async def given_up() -> None:
        task = asyncio.create_task(call())
        await run_in_threadpool(writing.wait, 20)
        task.cancel()
        await asyncio.sleep(0)
        assert given == []
        going_on.set()
        with suppress(asyncio.CancelledError):
            await task

    asyncio.run(given_up())
    assert given == [one.lender]
    with pytest.raises(Dropped):
        upload.begin()
    with house.ledger.api(one.tenant, one.lender) as session, pytest.raises(NotFound):
        import_files.found(session, upload.id)


def test_an_empty_body_is_refused_at_once(house: House, one: Client) -> None:
    answer = _send(house, one, b"")
    assert (answer.status_code, answer.json()["detail"]) == (400, "The body is empty: send the file as the body")


def test_another_lenders_import_is_not_found(house: House, one: Client, two: Client, bank: Client) -> None:
    seen = _end(one, _send(house, one, good(2).encode(), path="/v1/imports?dry_run=true"))
    for stranger in (two, bank):
        for path in (f"/v1/imports/{seen['id']}", seen["results"], f"{seen['results']}?format=csv"):
            answer = stranger.get(path)
            assert (answer.status_code, answer.json()["code"]) == (404, "not_found")
        assert seen["id"] not in stranger.get("/v1/imports?limit=100").text
    assert one.get("/v1/imports/imp_0000000000000000000000").status_code == 404


def test_imports_are_listed_newest_first_page_by_page(house: House, bank: Client) -> None:
    sent: list[str] = []
    for number in range(5):
        house.later(seconds=1)
        sent.append(
            _send(house, bank, table(row(number), columns=COLUMNS).encode(), path="/v1/imports?dry_run=true").json()[
                "id"
            ]
        )
    found: list[str] = []
    cursor = ""
    while True:
        page = bank.get(f"/v1/imports?limit=2{cursor}").json()
        answers.ImportPage.model_validate(page)
        found += [each["id"] for each in page["data"]]
        if not page["has_more"]:
            break
        cursor = f"&cursor={page['next_cursor']}"
    assert found[:5] == sent[::-1]
    assert bank.get("/v1/imports?cursor=made-up").json()["code"] == "bad_cursor"


def test_results_for_a_spreadsheet_hold_no_formula(house: House, one: Client) -> None:
    body = table(row(1, loan_number="=cmd|x"), row(2, loan_number="@SUM(A1)"), row(3, loan_number="-1+2"))
    seen = _end(one, _send(house, one, body.encode()))
    assert seen["counts"]["refused"] == 3
    answer = one.get(f"{seen['results']}?format=csv")
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"
    assert answer.headers["Content-Disposition"] == f'attachment; filename="{seen["id"]}-results.csv"'
    lines = list(csv.reader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [line[1] for line in lines[1:]] == ["'=cmd|x", "'@SUM(A1)", "'-1+2"]
    assert not any(cell.startswith(FORMULA) for line in lines for cell in line)
    assert [each["external_id"] for each in _results(one, seen)] == ["=cmd|x", "@SUM(A1)", "-1+2"]


@pytest.mark.parametrize("cell", ["=1", "+1", "-1", "@x", "\tx", "\rx", "\nx", "＝1"])
def test_a_cell_that_a_spreadsheet_would_compute_is_text(cell: str) -> None:
    assert escaped(cell) == f"'{cell}"
    assert escaped(f"x{cell}") == f"x{cell}"


def test_no_log_line_tells_what_is_in_a_file(house: House, one: Client) -> None:
    with capture_logs() as logs:
        _end(
            one,
            _send(house, one, table(row(1, loan_number="LG-1"), row(2, phone="nonsense", loan_number="LG-2")).encode()),
        )
        _end(one, _send(house, one, good(2).encode()[:-40] + b"\xff"))
    written = str(logs)
    assert "import_done" in written
    assert "import_refused" in written
    for value in ("Zebediah", "nonsense", "LG-1", "5550101"):
        assert value not in written
