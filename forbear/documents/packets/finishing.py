"""The last steps of binding: a stamped file for each part, names, manifest and archive, and the look at all of it."""

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from forbear.documents.envelopes import sheets
from forbear.documents.packets.boxing import POINTS_PER_MM
from forbear.documents.packets.desks import Desks
from forbear.documents.packets.indexing import Filling, entries
from forbear.documents.packets.manifest import MANIFEST, SUMS, archive, data_path, manifest, path_of, sums
from forbear.documents.packets.merging import Piece
from forbear.documents.packets.naming import file_names, volume_names
from forbear.documents.packets.preflight import Look, Row, Spot
from forbear.documents.packets.single import stamped
from forbear.ports.packets import Bound, CourtProfile, File, PacketFacts, Part


@dataclass(frozen=True, slots=True)
class Finishing:
    """What the last steps are given.

    Attributes:
        pieces: every part in every volume, in order; `contents` their own files, not yet stamped.
        bodies: the volumes.
        placed: key, volume and name of each row that its paper has a place for.
    """

    parts: Mapping[str, Part]
    pieces: tuple[Piece, ...]
    contents: tuple[bytes, ...] = field(repr=False)
    bodies: tuple[bytes, ...] = field(repr=False)
    filling: Filling = field(repr=False)
    placed: frozenset[tuple[str, int, str]]
    normalised: Mapping[str, str]
    draft: bool


def finish(work: Finishing, profile: CourtProfile, facts: PacketFacts, desks: Desks) -> Bound:
    """The whole packet.

    Raises:
        Unprintable: a check of its final bytes failed.
    """
    volumes = tuple(_volumes(work))
    files = tuple(_files(work, profile))
    runs = [piece.run for piece in work.pieces]
    told = manifest(
        facts,
        profile,
        tuple(work.parts.values()),
        runs,
        (*volumes, *files),
        normalised=work.normalised,
        draft=work.draft,
    )
    inside = {path_of(each): each.content for each in (*volumes, *files)} | {MANIFEST: told}
    inside |= {data_path(each): each.content for each in facts.data}
    listed = sums(inside)
    packed = archive(inside | {SUMS: listed})
    bound = Bound(
        volumes=volumes,
        files=files,
        manifest=told,
        sums=listed,
        archive=packed,
        pages=sum(each.pages for each in volumes),
        sha256=hashlib.sha256(told).hexdigest(),
        draft=work.draft,
        index=entries(work.parts, runs),
    )
    look = _look(work, profile, facts, bound)
    desks.look(look, (*(each.content for each in (*volumes, *files)), told, packed))
    return bound


def _volumes(work: Finishing) -> Iterator[File]:
    for number, (name, body) in enumerate(zip(volume_names(len(work.bodies)), work.bodies, strict=True), 1):
        pages = sum(piece.run.pages for piece in work.pieces if piece.run.volume == number)
        yield File(name, body, hashlib.sha256(body).hexdigest(), pages, volume=number)


def _files(work: Finishing, profile: CourtProfile) -> Iterator[File]:
    names = file_names([work.parts[piece.run.key] for piece in work.pieces], profile.file_name_most)
    for name, piece, content in zip(names, work.pieces, work.contents, strict=True):
        made = stamped(content, piece, profile)
        run = piece.run
        yield File(name, made, hashlib.sha256(made).hexdigest(), run.pages, run.key, run.volume)


def _look(work: Finishing, profile: CourtProfile, facts: PacketFacts, bound: Bound) -> Look:
    sheet = sheets()[profile.sheet]
    most = profile.max_file_bytes
    return Look(
        files=(*(path_of(each) for each in (*bound.volumes, *bound.files)), MANIFEST, "archive"),
        volumes=len(bound.volumes),
        spots=tuple(
            Spot(
                piece.run.key,
                piece.title,
                piece.run.volume,
                piece.run.at,
                piece.run.labels,
                piece.run.bates,
                piece.exhibit is None,
            )
            for piece in work.pieces
        ),
        rows=tuple(_rows(work)),
        width=sheet.width * POINTS_PER_MM,
        height=sheet.height * POINTS_PER_MM,
        most_dpi=profile.most_dpi,
        most_volume=most if profile.single_pdf else 0,
        most_part=most if profile.separate_files else 0,
        most_total=profile.max_total_bytes or 0,
        most_name=profile.file_name_most,
        says=facts.says,
        sha256=bound.sha256,
    )


def _rows(work: Finishing) -> Iterator[Row]:
    """Every row that has a place in its paper and names a part; it is a link only within its own volume."""
    places = {(piece.run.key, piece.run.volume) for piece in work.pieces}
    for piece in work.pieces:
        run = piece.run
        if piece.exhibit is not None:
            continue
        for named in work.filling.named(work.parts[run.key], run.volume):
            if (run.key, run.volume, named.row) in work.placed:
                linked = (named.to, run.volume) in places
                yield Row(run.key, run.volume, named.to, named.says, linked)
