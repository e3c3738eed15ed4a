"""Did the cases keep to their rules? Packets approved by somebody else, whole and as recorded; nobody contacted meanwhile.

What legal staff fetched lies in a folder with a list, `packets.jsonl`: of each packet `packet`, `folder`, `final` and
`files` with their digests. A final packet holds `manifest.json`, whose digest an approval names, and an archive with
`SHA256SUMS`.
"""

import json
import zipfile
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path

from tests.judge.finding import Finding
from tests.judge.reading import Row, instant, lines, maybe
from tests.judge.silences import Case

FINAL = {"approved", "filed"}
QUIET = {"review", "suit", "mediation", "recourse"}
"""Kinds of cases that are with legal staff; what is proposed after repayment stops nothing."""
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"


def check_courts(case: Case, folder: Path | None = None) -> list[Finding]:
    return [
        *_packets(case),
        *_downloads(case),
        *_contacts(case),
        *_waiting(case),
        *(_fetched(case, folder) if folder is not None and (folder / "packets.jsonl").exists() else ()),
    ]


def _packets(case: Case) -> Iterator[Finding]:
    """Each final packet was approved, by its hash, by somebody who had not asked for it; it lacks nothing."""
    for packet in case.record.rows("packet"):
        if packet["state"] not in FINAL:
            continue
        approved = [each for each in _reviews(case, packet, "approved") if each["sha256"] == packet["sha256"]]
        if not any(each["staff"] is not None and each["staff"] != packet["asked_by"] for each in approved):
            yield Finding("unlawful", "packet approval", packet["id"], "final without the approval of somebody else")
        if packet["draft"] or packet["missing"] or not packet["sha256"]:
            yield Finding("unlawful", "packet complete", packet["id"], "final, and a draft or incomplete")


def _downloads(case: Case) -> Iterator[Finding]:
    """Nothing left as final that nobody had approved by then."""
    packets = case.record.by_id("packet")
    for review in case.record.rows("packet_review"):
        if review["verdict"] not in {"downloaded", "filed"}:
            continue
        before = _reviews(case, packets[review["packet"]], "approved")
        same = [each for each in before if each["sha256"] == review["sha256"]]
        if not any(instant(each["at"]) <= instant(review["at"]) for each in same):
            yield Finding("unlawful", "packet gate", review["packet"], f"{review['verdict']} without an approval")


def _contacts(case: Case) -> Iterator[Finding]:
    """No touch of ours about an account that is with legal staff."""
    for row in case.record.rows("legal_case"):
        if row["kind"] not in QUIET:
            continue
        since, until = instant(row["opened_at"]) + case.allowed.slack, maybe(row["closed_at"])
        for touch in case.record.rows("touch"):
            at = instant(touch["claimed_at"])
            about = row["account"] in touch["accounts"]
            if about and at > since and (until is None or at < until) and touch["state"] != "failed":
                yield Finding("unlawful", "case open", touch["id"], f"made while case {row['id']} was open")


def _waiting(case: Case) -> Iterator[Finding]:
    """An open case on a path has a next instant and a reason, and no packet waits for ever."""
    for row in case.record.rows("legal_case"):
        if row["state"] != "open" or not row.get("path"):
            continue
        next_at = maybe(row["next_at"])
        if next_at is None or not row["next_reason"]:
            yield Finding("idle", "case", row["id"], "open without a next instant and a reason")
        elif next_at + case.allowed.grace < case.allowed.now:
            yield Finding("idle", "case", row["id"], f"open, its next instant was {next_at.isoformat()}")
    for packet in case.record.rows("packet"):
        if packet["state"] == "asked" and instant(packet["asked_at"]) + case.allowed.patience < case.allowed.now:
            yield Finding("idle", "packet", packet["id"], "was asked for, and not made")


def _fetched(case: Case, folder: Path) -> Iterator[Finding]:
    """What lies in the folder is what the record says, byte for byte."""
    packets = case.record.by_id("packet")
    for line in lines(folder / "packets.jsonl"):
        packet, place = packets.get(line["packet"]), folder / line["folder"]
        for name, digest in line["files"].items():
            if not (place / name).is_file() or _digest((place / name).read_bytes()) != digest:
                yield Finding("lost", "packet file", line["packet"], "a file is not there as it was fetched")
        if not line["final"]:
            continue
        if packet is None or packet["state"] not in FINAL:
            yield Finding("unlawful", "packet gate", line["packet"], "fetched as final, and not final")
            continue
        yield from _whole(packet, place)


def _whole(packet: Row, place: Path) -> Iterator[Finding]:
    """The manifest has the hash that was approved, and the archive holds what its sums and the manifest say."""
    manifest = place / MANIFEST
    if not manifest.is_file() or _digest(manifest.read_bytes()) != packet["sha256"]:
        yield Finding("unlawful", "packet hash", packet["id"], "its manifest is not what was approved")
        return
    archives = sorted(place.glob("*.zip"))
    if len(archives) != 1:
        yield Finding("lost", "packet file", packet["id"], f"{len(archives)} archives instead of one")
        return
    with zipfile.ZipFile(archives[0]) as archive:
        held = {name: _digest(archive.read(name)) for name in archive.namelist()}
        lines_of = [line.partition("  ") for line in archive.read(SUMS).decode().splitlines()]
    sums = {name: digest for digest, _, name in lines_of}
    told = json.loads(manifest.read_bytes())
    listed = {each["name"]: each["sha256"] for each in [*told["files"], *told["data_files"]]}
    if held.get(MANIFEST) != packet["sha256"]:
        yield Finding("unlawful", "packet hash", packet["id"], "its archive holds another manifest")
    if any(held.get(name) != digest for name, digest in [*sums.items(), *listed.items()]):
        yield Finding("unlawful", "packet sums", packet["id"], "its archive holds something else than its sums say")
    if set(held) - set(sums) - {SUMS}:
        yield Finding("unlawful", "packet sums", packet["id"], "its archive holds a file that its sums do not name")


def _reviews(case: Case, packet: Row, verdict: str) -> list[Row]:
    rows = case.record.rows("packet_review")
    return [each for each in rows if each["packet"] == packet["id"] and each["verdict"] == verdict]


def _digest(content: bytes) -> str:
    return sha256(content).hexdigest()
