"""What a packet is made of, its sums, and the archive of all its files: the same bytes for the same packet."""

import hashlib
import io
import json
import zipfile
from collections.abc import Mapping, Sequence
from functools import cache
from importlib.metadata import version
from typing import Any, Final

from forbear.documents.core_font import CORES
from forbear.documents.packets.numbering import Run, span
from forbear.documents.registry import find_kind
from forbear.ports.packets import CourtProfile, DataFile, File, PacketFacts, Part

FORM: Final = 1
"""Of the manifest: counted up when its shape changes."""
MANIFEST, SUMS = "manifest.json", "SHA256SUMS"
FIXED: Final = (1980, 1, 1, 0, 0, 0)
"""The earliest time an archive can name: files in it bear no other."""
REGULAR: Final = 0o100644
MAKERS: Final = ("weasyprint", "pydyf", "pikepdf", "pillow", "fonttools")
VOLUMES, PARTS, DATA = "volumes", "parts", "data"


def manifest(
    facts: PacketFacts,
    profile: CourtProfile,
    parts: Sequence[Part],
    runs: Sequence[Run],
    files: Sequence[File],
    *,
    normalised: Mapping[str, str],
    draft: bool,
) -> bytes:
    """The manifest, as canonical JSON.

    Args:
        facts: of the packet.
        profile: under which it was bound.
        parts: in order.
        runs: where each of them is.
        files: volumes and parts.
        normalised: by key of an exhibit, the hash of what the desk drew of it.
        draft: whether one of its papers is a draft.
    """
    ranges = {key: [run for run in runs if run.key == key] for key in dict.fromkeys(run.key for run in runs)}
    told = {
        "form": FORM,
        "packet": facts.packet,
        "case": facts.case,
        "jurisdiction": facts.jurisdiction,
        "day": facts.day.isoformat(),
        "draft": draft,
        "profile": profile.id,
        "generator": {name: version(name) for name in MAKERS},
        "fonts": dict(fonts()),
        "data": facts.data_sha256,
        "tables": dict(facts.tables),
        "previous": facts.previous,
        "parts": [_part(part, ranges.get(part.key, []), normalised) for part in parts],
        "files": [_file(each) for each in sorted(files, key=path_of)],
        "data_files": [_data(each) for each in sorted(facts.data, key=lambda each: each.name)],
    }
    return canonical(told)


def canonical(told: Any) -> bytes:
    """JSON that is written in one way only."""
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def path_of(file: File) -> str:
    """Where a file stands in the archive."""
    return f"{PARTS if file.part else VOLUMES}/{file.name}"


def sums(files: Mapping[str, bytes]) -> bytes:
    """`SHA256SUMS`, which `sha256sum -c` reads."""
    lines = (f"{hashlib.sha256(content).hexdigest()}  {name}\n" for name, content in sorted(files.items()))
    return "".join(lines).encode()


def archive(files: Mapping[str, bytes]) -> bytes:
    """A ZIP of files. PDF files are packed already and are only put in."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w") as made:
        for name, content in sorted(files.items()):
            info = zipfile.ZipInfo(name, FIXED)
            info.external_attr, info.create_system = REGULAR << 16, 3
            made.writestr(info, content, zipfile.ZIP_STORED)
    return written.getvalue()


def _part(part: Part, runs: Sequence[Run], normalised: Mapping[str, str]) -> dict[str, Any]:
    told: dict[str, Any] = {
        "key": part.key,
        "role": part.role,
        "tab": part.tab,
        "source": "generated" if part.kind == "paper" else "evidence",
        "pages": [{"volume": run.volume, "printed": span(run.labels), "bates": span(run.bates)} for run in runs],
    }
    if part.paper is not None:
        kind = find_kind(part.paper.kind)
        return told | {"template": {"id": kind.id, "version": kind.version, "sha256": kind.digest}}
    return told | {"sha256": part.sha256, "normalised": normalised.get(part.key, ""), "media_type": part.media_type}


def _file(file: File) -> dict[str, Any]:
    return {
        "name": path_of(file),
        "part": file.part,
        "sha256": file.sha256,
        "bytes": len(file.content),
        "pages": file.pages,
        "signed": False,
    }


def data_path(data: DataFile) -> str:
    """Where a file for machines stands in the archive."""
    return f"{DATA}/{data.name}"


def _data(data: DataFile) -> dict[str, Any]:
    return {
        "name": data_path(data),
        "media_type": data.media_type,
        "sha256": hashlib.sha256(data.content).hexdigest(),
        "bytes": len(data.content),
    }


@cache
def fonts() -> tuple[tuple[str, str], ...]:
    """Each font that papers are printed from, with its hash: another font makes other bytes."""
    return tuple((core.source.name, hashlib.sha256(core.source.read_bytes()).hexdigest()) for core in CORES)
