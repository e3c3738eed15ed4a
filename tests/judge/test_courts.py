"""The judge on cases: approvals by somebody else, packets as they were approved, silence while a case is open."""

import json
import zipfile
from collections.abc import Callable
from datetime import timedelta
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest

from tests.judge.courts import check_courts
from tests.judge.reading import Allowances, Client, Record, Row, World, instant
from tests.judge.silences import Case

NOW = instant("2026-11-25T12:00:00Z")
Tables = dict[str, list[Row]]
PDF = b"%PDF-1.7 of nobody"


def digest(content: bytes) -> str:
    return sha256(content).hexdigest()


def manifest() -> bytes:
    files = [{"name": "volumes/Packet.pdf", "sha256": digest(PDF)}]
    return json.dumps({"files": files, "data_files": []}).encode()


def tables() -> Tables:
    """A case whose packet the lawyer approved and a clerk fetched and filed, and a touch from before it was opened."""
    sha = digest(manifest())
    review = {"packet": "pkt_1", "sha256": sha}
    return {
        "legal_case": [
            {"id": "cas_1", "account": "acc_1", "kind": "suit", "state": "open", "path": "US-NY", "next_reason": "rests",
             "opened_at": "2026-10-27T12:00:00Z", "closed_at": None, "next_at": "2026-11-28T12:00:00Z"}
        ],
        "packet": [
            {"id": "pkt_1", "state": "filed", "asked_by": "stf_clerk", "draft": False, "missing": [], "sha256": sha,
             "asked_at": "2026-10-28T12:00:00Z"}
        ],
        "packet_review": [
            review | {"verdict": "approved", "staff": "stf_lawyer", "at": "2026-10-29T12:00:00Z"},
            review | {"verdict": "downloaded", "staff": "stf_clerk", "at": "2026-10-29T15:00:00Z"},
            review | {"verdict": "filed", "staff": "stf_clerk", "at": "2026-10-29T15:10:00Z"},
        ],
        "touch": [{"id": "tch_1", "accounts": ["acc_1"], "claimed_at": "2026-10-26T12:00:00Z", "state": "delivered"}],
    }  # fmt: skip


def folder(place: Path) -> Path:
    """What the clerk fetched."""
    held = place / "case" / "us-ny.suit"
    held.mkdir(parents=True)
    sums = f"{digest(manifest())}  manifest.json\n{digest(PDF)}  volumes/Packet.pdf\n".encode()
    with zipfile.ZipFile(held / "packet.zip", "w") as archive:
        for name, content in (("manifest.json", manifest()), ("volumes/Packet.pdf", PDF), ("SHA256SUMS", sums)):
            archive.writestr(name, content)
    (held / "manifest.json").write_bytes(manifest())
    files = {path.name: digest(path.read_bytes()) for path in held.iterdir()}
    line = {"packet": "pkt_1", "folder": "case/us-ny.suit", "final": True, "files": files}
    (place / "packets.jsonl").write_text(json.dumps(line) + "\n", encoding="utf-8")
    return place


def found(told: Tables, place: Path | None = None) -> list[tuple[str, str, str]]:
    case = Case(World(), Client(), Record(told), Allowances(NOW))
    return sorted({(each.kind, each.rule, each.subject) for each in check_courts(case, place)})


def test_what_was_approved_by_somebody_else_and_fetched_whole_is_sound(tmp_path: Path) -> None:
    assert found(tables(), folder(tmp_path)) == []


def _own(told: Tables) -> None:
    told["packet"][0]["asked_by"] = "stf_lawyer"


def _other_hash(told: Tables) -> None:
    told["packet_review"][0]["sha256"] = "0" * 64


def _draft(told: Tables) -> None:
    told["packet"][0]["draft"] = True


def _early(told: Tables) -> None:
    told["packet_review"][0]["at"] = "2026-10-29T15:05:00Z"


def _contact(told: Tables) -> None:
    told["touch"][0]["claimed_at"] = "2026-11-02T12:00:00Z"


def _silent(told: Tables) -> None:
    told["legal_case"][0]["next_reason"] = ""


def _late(told: Tables) -> None:
    told["legal_case"][0]["next_at"] = "2026-11-20T12:00:00Z"


def _unmade(told: Tables) -> None:
    asked = {"id": "pkt_2", "state": "asked", "asked_at": "2026-11-01T12:00:00Z"}
    told["packet"].append(told["packet"][0] | asked)


@pytest.mark.parametrize(
    ("change", "finding"),
    [
        (_own, ("unlawful", "packet approval", "pkt_1")),
        (_other_hash, ("unlawful", "packet approval", "pkt_1")),
        (_draft, ("unlawful", "packet complete", "pkt_1")),
        (_early, ("unlawful", "packet gate", "pkt_1")),
        (_contact, ("unlawful", "case open", "tch_1")),
        (_silent, ("idle", "case", "cas_1")),
        (_late, ("idle", "case", "cas_1")),
        (_unmade, ("idle", "packet", "pkt_2")),
    ],
)
def test_each_fault_of_the_record_is_found(
    change: Callable[[Tables], Any], finding: tuple[str, str, str], tmp_path: Path
) -> None:
    told = tables()
    change(told)
    assert finding in found(told, folder(tmp_path))


def test_a_touch_after_the_case_was_closed_is_nobodys_fault() -> None:
    told = tables()
    told["legal_case"][0] |= {"state": "closed", "closed_at": "2026-11-01T12:00:00Z"}
    told["touch"][0]["claimed_at"] = instant("2026-11-01T12:00:00Z") + timedelta(hours=1)
    told["touch"][0]["claimed_at"] = told["touch"][0]["claimed_at"].isoformat()
    assert found(told) == []


def test_a_packet_that_is_not_final_may_not_lie_there_as_final(tmp_path: Path) -> None:
    told = tables()
    told["packet"][0]["state"] = "void"
    assert ("unlawful", "packet gate", "pkt_1") in found(told, folder(tmp_path))


@pytest.mark.parametrize(
    ("name", "finding"),
    [("manifest.json", ("unlawful", "packet hash", "pkt_1")), ("packet.zip", ("lost", "packet file", "pkt_1"))],
)
def test_a_changed_file_is_found(name: str, finding: tuple[str, str, str], tmp_path: Path) -> None:
    place = folder(tmp_path)
    path = place / "case" / "us-ny.suit" / name
    path.write_bytes(path.read_bytes() + b" ")
    assert finding in found(tables(), place)


def test_an_archive_that_differs_from_its_sums_is_found(tmp_path: Path) -> None:
    place = folder(tmp_path)
    path = place / "case" / "us-ny.suit" / "packet.zip"
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("volumes/More.pdf", b"more")
    assert ("unlawful", "packet sums", "pkt_1") in found(tables(), place)
