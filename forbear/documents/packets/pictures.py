"""Pictures: uploaded ones become a page each, and those inside a PDF are made no finer than a court wants them."""

import io
from typing import Any, Final

import pikepdf
from pikepdf import Dictionary, Name, Pdf, PdfImage
from PIL import Image, ImageOps, UnidentifiedImageError

from forbear.documents.packets.limits import MOST_PIXELS, Unfit
from forbear.pictures import load_whole

POINTS: Final = 72.0
SCREEN_DPI: Final = 96.0
LEAST_DPI, MOST_DPI = 50.0, 4_800.0
QUALITY: Final = 88
FORMATS: Final = {"image/jpeg": "JPEG", "image/png": "PNG"}
MARKER, SCAN = 0xFF, 0xDA
BESIDE: Final = frozenset({*range(0xE1, 0xEE), 0xEF, 0xFE})
"""Pieces of a JPEG file that no reader needs to draw it: all that programs add but two, and remarks."""
FINER: Final = 1.005
"""How much finer than wanted still counts as not finer: sizes are whole dots."""


def open_picture(content: bytes, media_type: str) -> tuple[Image.Image, float, bool]:
    """A picture as it is to be seen, how many dots of it are an inch, and whether its own bytes will do.

    Raises:
        Unfit: it cannot be read, or is beyond measure.
    """
    Image.MAX_IMAGE_PIXELS = MOST_PIXELS // 2  # twice that is refused by the library itself
    try:
        opened = Image.open(io.BytesIO(content), formats=(FORMATS[media_type],))
        if opened.width * opened.height > MOST_PIXELS:
            raise Unfit("exhibit.measure", "the picture has more dots than can be worked on", "Scan it at 300 dpi")
        told = opened.info.get("dpi", (SCREEN_DPI, SCREEN_DPI))
        load_whole(opened)
        upright = ImageOps.exif_transpose(opened)
    except (Image.DecompressionBombError, Image.DecompressionBombWarning):
        raise Unfit(
            "exhibit.measure", "the picture has more dots than can be worked on", "Scan it at 300 dpi"
        ) from None
    except (UnidentifiedImageError, OSError, ValueError, SyntaxError, ArithmeticError):
        raise Unfit("exhibit.readable", "it is no picture that can be read", "Scan it again") from None
    untouched = media_type == "image/jpeg" and upright.size == opened.size and _is_upright(opened)
    dpi = float(told[0]) if told[0] else SCREEN_DPI
    return _plain(upright), min(max(dpi, LEAST_DPI), MOST_DPI), untouched and opened.mode in {"L", "RGB"}


def bare_jpeg(content: bytes) -> bytes:
    """A JPEG file without what stands beside the picture: where and with what it was taken, a smaller copy of it."""
    kept, at = bytearray(content[:2]), 2
    while at + 4 <= len(content) and content[at] == MARKER and content[at + 1] != SCAN:
        length = 2 + int.from_bytes(content[at + 2 : at + 4], "big")
        if content[at + 1] not in BESIDE:
            kept += content[at : at + length]
        at += length
    return bytes(kept + content[at:])


def _is_upright(picture: Image.Image) -> bool:
    return picture.getexif().get(0x0112, 1) == 1


def _plain(picture: Image.Image) -> Image.Image:
    """On white, in grey or in plain colours."""
    if picture.mode in {"1", "L", "RGB"}:
        return picture
    if picture.mode in {"I;16", "I", "F"}:
        return picture.convert("L")
    if picture.mode in {"LA", "PA", "P", "RGBA"}:
        ground = Image.new("RGBA", picture.size, "white")
        return Image.alpha_composite(ground, picture.convert("RGBA")).convert("RGB")
    return picture.convert("RGB")


def smaller(picture: Image.Image, factor: float) -> Image.Image:
    """With so many times the dots, at each side; black and white stay so."""
    size = (max(1, int(picture.width * factor)), max(1, int(picture.height * factor)))
    if picture.mode == "1":
        return picture.convert("L").resize(size, Image.Resampling.LANCZOS).convert("1", dither=Image.Dither.NONE)
    return picture.resize(size, Image.Resampling.LANCZOS)


def embed(pdf: Pdf, picture: Image.Image, jpeg: bytes = b"", *, photo: bool = True) -> Any:
    """A picture as an object of a file: as JPEG where it is a photo, without loss where it is not."""
    spaces = {"1": Name.DeviceGray, "L": Name.DeviceGray, "RGB": Name.DeviceRGB}
    common = Dictionary(
        Type=Name.XObject,
        Subtype=Name.Image,
        Width=picture.width,
        Height=picture.height,
        ColorSpace=spaces[picture.mode],
        BitsPerComponent=1 if picture.mode == "1" else 8,
    )
    if picture.mode != "1" and (jpeg or photo):
        if not jpeg:
            written = io.BytesIO()
            picture.save(written, "JPEG", quality=QUALITY, optimize=False)
            jpeg = written.getvalue()
        common.Filter = Name.DCTDecode
        return pdf.make_stream(jpeg, common)
    return pdf.make_stream(picture.tobytes(), common)


def coarsen(resources: Any, factors: dict[tuple[int, int], float]) -> set[tuple[int, int]]:
    """Make the pictures of a page's resources coarser; which were.

    Args:
        resources: of the page; those of the forms it draws are looked through too.
        factors: by width and height in dots, what to multiply them with.
    """
    done, waiting, seen = set[tuple[int, int]](), [resources], set[tuple[int, int]]()
    while waiting:
        drawn: Any = waiting.pop().get("/XObject", Dictionary())
        for name in list(drawn.keys()):
            each = drawn[name]
            if not isinstance(each, pikepdf.Stream) or each.objgen in seen:
                continue
            seen.add(each.objgen)
            if each.get("/Subtype") == Name.Form:
                waiting.append(each.get("/Resources", Dictionary()))
                continue
            size = (int(each.get("/Width", 0)), int(each.get("/Height", 0)))
            if size in factors and _coarsened(each, factors[size]):
                done.add(size)
    return done


def _coarsened(stream: Any, factor: float) -> bool:
    """Change one picture in its place; a mask, which has no colours, stays as it is."""
    if stream.get("/ImageMask"):
        return False
    try:
        picture = _plain(PdfImage(stream).as_pil_image())
    except (NotImplementedError, ValueError, OSError, pikepdf.PdfError, TypeError):
        return False
    photo = "/DCTDecode" in str(stream.get("/Filter")) or "/JPXDecode" in str(stream.get("/Filter"))
    with Pdf.new() as other:
        new = embed(other, smaller(picture, factor), photo=photo)
        stream.write(new.read_raw_bytes(), filter=new.get("/Filter"))
        for name in ("/Width", "/Height", "/BitsPerComponent"):
            stream[name] = int(new[name])
        stream.ColorSpace = Name(str(new.ColorSpace))
    for name in ("/DecodeParms", "/Decode", "/Mask", "/Metadata", "/Intent"):
        if name in stream:
            del stream[name]
    return True
