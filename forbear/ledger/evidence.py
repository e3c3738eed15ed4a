"""Files kept under their own digest: what was captured at a door cannot be changed without its name ceasing to fit.

The store holds sealed bytes only; who may open them is the record's to say. It also makes the copy that leaves the
house: a picture without the place, the camera and the hour that a phone writes into it.
"""

import os
import secrets
from hashlib import sha256
from io import BytesIO
from pathlib import Path
from typing import Final

from PIL import Image, ImageOps, UnidentifiedImageError

from forbear.errors import BadInput, Erased, NotFound

PICTURES: Final = {"JPEG": "image/jpeg", "PNG": "image/png", "WEBP": "image/webp"}
KINDS: Final = {**PICTURES, "MPO": "image/jpeg"}
"""What opening one of them may turn out to be: many phones write a JPEG that holds further pictures, an MPO."""
MOST_PIXELS: Final = 60_000_000
"""Beyond any phone's camera; a picture that unpacks to more is an attack on memory."""


class EvidenceStore:
    """A folder of files named by the SHA-256 of what they hold."""

    def __init__(self, data: Path, folder: str = "evidence") -> None:
        self._folder = data / folder

    def put(self, content: bytes) -> str:
        """Keep bytes; the same again is the same file. On the disk before it returns."""
        digest = sha256(content).hexdigest()
        path = self._path(digest)
        if not path.exists():
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            half = path.with_name(f".{digest}.{secrets.token_hex(4)}")
            with half.open("xb") as out:
                os.fchmod(out.fileno(), 0o600)
                out.write(content)
                out.flush()
                os.fsync(out.fileno())
            half.replace(path)
        return digest

    def get(self, digest: str) -> bytes:
        """The bytes again.

        Raises:
            NotFound: the file is gone.
            Erased: it was changed, and is not what was kept.
        """
        try:
            content = self._path(digest).read_bytes()
        except FileNotFoundError:
            raise NotFound("A file of evidence is missing: restore it from a backup") from None
        if sha256(content).hexdigest() != digest:
            raise Erased("A file of evidence was changed: restore it from a backup")
        return content

    def _path(self, digest: str) -> Path:
        return self._folder / digest[:2] / digest[2:]


def picture_type(content: bytes) -> str:
    """The media type of a picture, as its own bytes say.

    Raises:
        BadInput: it is no picture that we take.
    """
    try:
        with Image.open(BytesIO(content), formats=tuple(PICTURES)) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise BadInput("photo", "has too many pixels", "Take it again with the phone's own camera.")
            return KINDS[str(picture.format)]
    except (UnidentifiedImageError, LookupError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise BadInput("photo", "is no picture we can read", "Send a JPEG, a PNG or a WebP.") from None


def stripped(content: bytes, media_type: str) -> bytes:
    """The copy for others: the picture upright, and nothing else that the file held. Other kinds stay as they are."""
    if media_type not in PICTURES.values():
        return content
    form = next(name for name, kind in PICTURES.items() if kind == media_type)
    with Image.open(BytesIO(content), formats=(form,)) as picture:
        upright = ImageOps.exif_transpose(picture)
        bare = Image.new(upright.mode, upright.size)
        bare.paste(upright)
        if upright.mode == "P" and (palette := upright.getpalette()) is not None:
            bare.putpalette(palette)
    out = BytesIO()
    bare.save(out, form, **({"quality": 90} if form == "JPEG" else {}))
    return out.getvalue()
