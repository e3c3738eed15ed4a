"""What an operator decides of the look of a lender's papers: its colour and its logo, kept in its policy.

A logo is drawn anew before it is kept: small, on white, without whatever else its file said.
"""

import base64
from dataclasses import dataclass
from io import BytesIO
from typing import Any, Final

from PIL import Image, ImageOps, UnidentifiedImageError
from sqlalchemy import select, update

from forbear.errors import BadInput, NotFound
from forbear.ledger.engine import make_engine, must_answer
from forbear.ledger.tables.people import Lender
from forbear.pictures import load_whole
from forbear.ports.house import COLOUR, LOGO, VISIBLE, contrast

HOUSE: Final = "house"
"""In a lender's policy: its `colour` and its `logo`, either of which may be missing."""
MOST_LOGO: Final = 200_000
MOST_PIXELS: Final = 16_000_000
DRAWN: Final = (720, 320)
"""Dots of a kept logo at most: 600 an inch at the size at which papers print it."""
MOST_KEPT: Final = 48_000
"""Bytes of a kept logo; a policy is read with every touch. One that is more is kept as JPEG."""
FORMATS: Final = ("PNG", "JPEG")


@dataclass(frozen=True, slots=True)
class Look:
    """What is told anew: None leaves a value as it is, empty takes it away."""

    colour: str | None = None
    logo: bytes | None = None


def tell_look(database_url: str, lender: str, look: Look) -> dict[str, Any]:
    """Change how a lender's papers look, as the migrator; returns the whole of it.

    Raises:
        NotFound: there is no such lender.
        BadInput: a colour or a picture that papers cannot be printed with.
    """
    with must_answer(database_url), make_engine(database_url).begin() as connection:
        found = connection.execute(select(Lender.policy).where(Lender.id == lender).with_for_update())
        policy = found.scalar_one_or_none()
        if policy is None:
            raise NotFound(f"No lender {lender}: add it first")
        house = changed_look(look_of(policy), look)
        policy = {
            **{name: value for name, value in policy.items() if name != HOUSE},
            **({HOUSE: house} if house else {}),
        }
        connection.execute(update(Lender).where(Lender.id == lender).values(policy=policy))
    return house


def changed_look(before: dict[str, str], look: Look) -> dict[str, str]:
    """A look with a change.

    Raises:
        BadInput: what was told cannot be printed.
    """
    after = dict(before)
    if look.colour is not None:
        after["colour"] = _colour(look.colour)
    if look.logo is not None:
        after["logo"] = _logo(look.logo) if look.logo else ""
    return {name: value for name, value in after.items() if value}


def look_of(policy: dict[str, Any]) -> dict[str, str]:
    """Colour and logo as a policy has them; what is not of their form counts as none."""
    told: Any = policy.get(HOUSE)
    kept = told if isinstance(told, dict) else {}  # pyright: ignore[reportUnknownVariableType]  as the database has it
    forms = {"colour": COLOUR, "logo": LOGO}
    return {name: str(kept[name]) for name, form in forms.items() if form.fullmatch(str(kept.get(name, "")))}  # pyright: ignore[reportUnknownMemberType, reportUnknownArgumentType]  as above


def _colour(told: str) -> str:
    colour = told.strip().lower()
    if not colour:
        return ""
    if not COLOUR.fullmatch(colour):
        raise BadInput("colour", "is no colour", "Give it as # and six digits, such as #0b5e55.")
    if contrast(colour) < VISIBLE:
        raise BadInput("colour", "cannot be seen on white paper", "Give a darker one.")
    return colour


def _logo(content: bytes) -> str:
    if len(content) > MOST_LOGO:
        raise BadInput("logo", f"has {len(content)} bytes", f"Give a picture of at most {MOST_LOGO} bytes.")
    try:
        with Image.open(BytesIO(content), formats=FORMATS) as picture:
            if picture.width * picture.height > MOST_PIXELS:
                raise BadInput("logo", "has too many pixels", "Give a smaller picture.")
            load_whole(picture)
            drawn = _drawn(picture)
    except (UnidentifiedImageError, OSError, SyntaxError, ValueError, Image.DecompressionBombError):
        raise BadInput("logo", "is no picture we can read", "Give a PNG or a JPEG.") from None
    for kind in FORMATS:
        kept = BytesIO()
        drawn.save(kept, kind, optimize=True)
        if kept.tell() <= MOST_KEPT:
            return f"data:image/{kind.lower()};base64,{base64.b64encode(kept.getvalue()).decode()}"
    raise BadInput("logo", "is too rich for a letter's head", "Give a simpler picture.")


def _drawn(picture: Image.Image) -> Image.Image:
    """On white and small: an archived paper has no see-through parts, and metadata is nobody's business."""
    upright = ImageOps.exif_transpose(picture).convert("RGBA")
    ground = Image.new("RGBA", upright.size, "white")
    ground.alpha_composite(upright)
    drawn = ground.convert("RGB")
    drawn.thumbnail(DRAWN)
    return drawn
