"""An uploaded exhibit is drawn anew on the court's sheet, or refused with what is wrong and what to do."""

import io
from dataclasses import replace
from typing import Any

import pikepdf
import pypdfium2
import pytest
from pikepdf import Array, Dictionary, Name, Pdf
from PIL import Image, ImageDraw

from forbear.documents.packets.boxing import EDGE, FOOT
from forbear.documents.packets.desk import answer
from forbear.documents.packets.desks import Desks
from forbear.documents.packets.limits import Unfit
from forbear.documents.packets.opening import Asked, Opened, open_exhibit
from forbear.documents.packets.sample_packet import A4, LEGAL, LETTER, photograph, printed, scanned
from tests.packets.hostile import REFUSED, changed, endless_tags, nested_forms, own_form, saved, swelling_picture

PDF = "application/pdf"
ON_LETTER = Asked(PDF, *LETTER, 300, "Scanned page {page} of Statement", "en")


def opened(content: bytes, asked: Asked = ON_LETTER) -> tuple[Any, Opened]:
    made, told = open_exhibit(content, asked)
    return pypdfium2.PdfDocument(made), told


@pytest.mark.parametrize("name", REFUSED)
def test_what_acts_hides_or_cannot_be_read_is_refused(name: str) -> None:
    make, code = REFUSED[name]
    told, made = answer(ON_LETTER, [make()])
    assert told.code.startswith(code), told
    assert told.problem
    assert told.remedy
    assert not made


def test_what_makes_its_reader_hang_is_refused_and_the_next_is_opened() -> None:
    with Desks(1, exhibit_seconds=3) as desks:
        with pytest.raises(Unfit) as refused:
            desks.open(nested_forms(), ON_LETTER)
        assert refused.value.code == "exhibit.time"
        (before,) = desks.pids()
        assert desks.open(printed(1, 1), ON_LETTER)[1].pages == 1
        assert desks.pids() == [before]


@pytest.mark.parametrize("make", [endless_tags, own_form])
def test_what_points_at_itself_does_no_harm(make: Any) -> None:
    _, told = opened(make())
    assert told.pages == 1
    assert not told.tagged


def test_a_picture_that_swells_is_refused() -> None:
    told, _ = answer(replace(ON_LETTER, media_type="image/png"), [swelling_picture()])
    assert told.code == "exhibit.measure"


def test_a_picture_that_is_none_is_refused() -> None:
    for content in (b"not a picture", photograph(1, "JPEG")[:2_000]):
        told, _ = answer(replace(ON_LETTER, media_type="image/jpeg"), [content])
        assert told.code == "exhibit.readable"


@pytest.mark.parametrize(("size", "turned"), [(LETTER, 0), (A4, 0), (LEGAL, 90), ((500.0, 300.0), 180), (A4, 270)])
def test_every_page_stands_on_the_sheet_above_the_foot_and_never_larger(size: tuple[float, float], turned: int) -> None:
    document, _ = opened(printed(3, 2, size, turned=turned))
    for number in range(2):
        page = document[number]
        assert sorted(page.get_size()) == pytest.approx(sorted(LETTER), abs=0.1)
        assert page.get_rotation() == 0
        text = page.get_textpage()
        boxes = [text.get_charbox(at) for at in range(text.count_chars()) if text.get_text_range(at, 1).strip()]
        assert min(box[1] for box in boxes) >= FOOT - 1
        assert max(box[2] for box in boxes) <= page.get_width() - EDGE + 1
        assert max(box[3] - box[1] for box in boxes) <= 11.5, "signs of eleven points never grow"


def test_text_is_read_upright_whatever_the_file_says() -> None:
    for turned in (0, 90, 180, 270):
        document, _ = opened(printed(3, 1, LETTER, turned=turned))
        text = document[0].get_textpage()
        first, last = text.get_charbox(0), text.get_charbox(10)
        assert last[0] > first[2], f"turned by {turned}, its lines run from left to right"
        assert document[0].get_height() > document[0].get_width()


def test_a_lying_picture_is_put_on_a_lying_sheet_and_one_with_exif_is_turned() -> None:
    document, told = opened(photograph(1, "JPEG"), replace(ON_LETTER, media_type="image/jpeg"))
    assert document[0].get_width() > document[0].get_height()
    assert told.bare == (1,)
    picture = Image.open(io.BytesIO(photograph(1, "JPEG")))
    written, exif = io.BytesIO(), Image.Exif()
    exif[0x0112] = 6  # stored lying, to be seen standing
    picture.save(written, "JPEG", exif=exif)
    document, _ = opened(written.getvalue(), replace(ON_LETTER, media_type="image/jpeg"))
    assert document[0].get_width() < document[0].get_height()


def test_transparent_and_coloured_pictures_are_put_on_white() -> None:
    for mode in ("RGBA", "LA", "P", "1", "I;16", "CMYK"):
        form, media = ("JPEG", "image/jpeg") if mode == "CMYK" else ("PNG", "image/png")
        written = io.BytesIO()
        Image.new(mode, (120, 80)).save(written, form)
        document, _ = opened(written.getvalue(), replace(ON_LETTER, media_type=media))
        assert len(document) == 1


def _placed_picture(dots: int, *, mode: str = "L") -> bytes:
    """A page with a picture of so many dots an inch in text's place."""
    side = round(4 * dots)
    picture = Image.new("L", (side, side), 255)
    ImageDraw.Draw(picture).ellipse((side // 4, side // 4, side // 2, side // 2), fill=0)
    picture = picture.convert(mode)

    def change(pdf: Pdf) -> None:
        stream = pdf.make_stream(
            picture.tobytes(), Dictionary(Type=Name.XObject, Subtype=Name.Image, Width=side, Height=side)
        )
        stream.BitsPerComponent, stream.ColorSpace = 1 if mode == "1" else 8, Name.DeviceGray
        pdf.pages[0].obj.Resources.XObject = Dictionary(Im=stream)
        pdf.pages[0].contents_add(b"q 288 0 0 288 100 200 cm /Im Do Q")

    return changed(change)


@pytest.mark.parametrize("mode", ["L", "1"])
def test_pictures_finer_than_the_court_wants_are_made_coarser(mode: str) -> None:
    document, _ = opened(_placed_picture(600, mode=mode))
    (image,) = [each for each in document[0].get_objects(max_depth=5) if each.type == 3]
    assert 280 < image.get_metadata().horizontal_dpi <= 301
    grey = document[0].render(scale=1, grayscale=True).to_pil()
    assert grey.getextrema()[0] < 60, "what it shows is still there"


def test_pictures_no_finer_than_wanted_stay_as_they_are() -> None:
    document, _ = opened(_placed_picture(200))
    (image,) = [each for each in document[0].get_objects(max_depth=5) if each.type == 3]
    assert image.get_px_size() == (800, 800)


def test_scanned_pages_say_what_they_are_to_who_does_not_see_them() -> None:
    made, told = open_exhibit(scanned(1, 3), ON_LETTER)
    assert told.bare == (1, 2, 3)
    with Pdf.open(io.BytesIO(made)) as pdf:
        kids: Any = pdf.Root.StructTreeRoot.K[0].K
        assert [str(kid.S) for kid in kids] == ["/Figure"] * 3
        assert [str(kid.Alt) for kid in kids] == [f"Scanned page {page} of Statement" for page in (1, 2, 3)]


def test_a_range_of_pages_keeps_its_numbers() -> None:
    made, told = open_exhibit(scanned(1, 5), replace(ON_LETTER, first=3, last=4))
    assert told.pages == 2
    with Pdf.open(io.BytesIO(made)) as pdf:
        assert [str(kid.Alt) for kid in pdf.Root.StructTreeRoot.K[0].K] == [
            "Scanned page 3 of Statement",
            "Scanned page 4 of Statement",
        ]


def test_tags_of_an_exhibit_are_kept_and_nothing_else_of_it(looked: Any) -> None:
    paper = next(each for each in looked[0].files if each.part == "us-court-complaint")
    made, told = open_exhibit(paper.content, ON_LETTER)
    assert told.tagged
    with Pdf.open(io.BytesIO(made)) as pdf:
        kinds = {str(each.S) for each in pdf.objects if isinstance(each, Dictionary) and "/S" in each and "/K" in each}
        assert {"/H1", "/P", "/Table", "/TD"} <= kinds
        assert set(pdf.Root.keys()) == {"/Lang", "/MarkInfo", "/Pages", "/StructTreeRoot", "/Type"}
        for page in pdf.pages:
            assert "/StructParents" in page.obj


def test_links_notes_and_scripts_of_pages_are_gone_and_filled_fields_stay() -> None:
    def change(pdf: Pdf) -> None:
        page = pdf.pages[0].obj
        drawn = pdf.make_stream(
            b"BT /F 12 Tf 5 5 Td (FILLED) Tj ET",
            Dictionary(Type=Name.XObject, Subtype=Name.Form, BBox=Array([0, 0, 100, 20]), Resources=page.Resources),
        )
        field = Dictionary(
            Type=Name.Annot, Subtype=Name.Widget, FT=Name.Tx, T=pikepdf.String("a"), F=4,
            Rect=Array([100, 40, 200, 60]), AP=Dictionary(N=drawn), V=pikepdf.String("FILLED"),
        )  # fmt: skip
        link = Dictionary(
            Type=Name.Annot, Subtype=Name.Link, Rect=Array([0, 0, 50, 50]),
            A=Dictionary(S=Name.URI, URI=pikepdf.String("https://example.org")),
        )  # fmt: skip
        fields = pdf.make_indirect(field)
        page.Annots = Array([fields, pdf.make_indirect(link)])
        pdf.Root.AcroForm = Dictionary(Fields=Array([fields]))

    content = changed(change)
    made, _ = open_exhibit(content, ON_LETTER)
    assert "FILLED" in pypdfium2.PdfDocument(made)[0].get_textpage().get_text_range()
    assert b"/Annots" not in saved(Pdf.open(io.BytesIO(made)), object_stream_mode=pikepdf.ObjectStreamMode.disable)


def test_the_same_exhibit_gives_the_same_bytes() -> None:
    for content, media in ((printed(1, 2), PDF), (scanned(1, 2), PDF), (photograph(1, "PNG"), "image/png")):
        asked = replace(ON_LETTER, media_type=media)
        assert open_exhibit(content, asked)[0] == open_exhibit(content, asked)[0]


def test_a_photograph_does_not_tell_where_it_was_taken() -> None:
    picture = Image.open(io.BytesIO(photograph(1, "JPEG")))
    written, exif = io.BytesIO(), Image.Exif()
    exif[0x010F] = "Fictional Camera Works"
    picture.save(written, "JPEG", exif=exif, comment=b"a remark", quality=90)
    assert b"Fictional Camera" in written.getvalue()
    made, _ = open_exhibit(written.getvalue(), replace(ON_LETTER, media_type="image/jpeg"))
    with Pdf.open(io.BytesIO(made)) as pdf:
        stored: Any = pdf.pages[0].obj.Resources.XObject.Im
        content = stored.read_raw_bytes()
    assert b"Fictional Camera" not in content
    assert b"a remark" not in content
    shown = Image.open(io.BytesIO(content))
    assert shown.tobytes() == Image.open(io.BytesIO(written.getvalue())).tobytes(), "dot for dot the same picture"
