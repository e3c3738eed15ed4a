"""How a lender's papers look: a colour and a logo are taken when they can be printed, and refused with what to give."""

import base64
from decimal import Decimal
from io import BytesIO

import pytest
from PIL import Image, ImageFile

from forbear.errors import BadInput, NotFound
from forbear.ledger.lender_house import MOST_KEPT, MOST_LOGO, Look, changed_look, look_of, tell_look
from forbear.ledger.lender_policy import Change, tell
from forbear.ports.house import LOGO, contrast, ink
from tests.ledger.house import House


def picture(size: tuple[int, int] = (300, 120), kind: str = "PNG", mode: str = "RGBA") -> bytes:
    made = BytesIO()
    Image.new(mode, size, (11, 94, 85, 0)[: len(mode)]).save(made, kind)
    return made.getvalue()


def drawn(kept: str) -> Image.Image:
    assert LOGO.fullmatch(kept)
    return Image.open(BytesIO(base64.b64decode(kept.partition(",")[2])))


def test_a_look_is_kept_beside_the_rest_of_the_policy_and_taken_away_again(house: House) -> None:
    tell(house.migrator, house.lender, Change(call_identity="last_four"))
    kept = tell_look(house.migrator, house.lender, Look("#0B5E55", picture()))
    assert kept["colour"] == "#0b5e55"
    after = tell(house.migrator, house.lender, Change(call_identity="birth_date"))
    assert look_of(after) == kept
    assert tell_look(house.migrator, house.lender, Look(logo=b"")) == {"colour": "#0b5e55"}
    assert tell_look(house.migrator, house.lender, Look(colour="")) == {}
    assert "house" not in tell(house.migrator, house.lender, Change(call_identity="birth_date"))
    with pytest.raises(NotFound):
        tell_look(house.migrator, "len_nobody", Look("#000000"))


@pytest.mark.parametrize(
    ("colour", "against_white"), [("#000000", "21.00"), ("#ffffff", "1.00"), ("#767676", "4.54"), ("#0000ff", "8.59")]
)
def test_contrast_is_that_of_the_published_rule(colour: str, against_white: str) -> None:
    assert round(Decimal(contrast(colour)), 2) == Decimal(against_white)


def test_words_are_printed_in_a_colour_only_where_they_can_be_read() -> None:
    assert ink("#767676") == "#767676"
    assert ink("#777777") == ""
    assert ink("") == ""


@pytest.mark.parametrize("colour", ["red", "#12345", "#1234567", "0b5e55", "#ffff00", "#fefefe", "#000;}"])
def test_a_colour_that_cannot_be_printed_is_refused(colour: str) -> None:
    with pytest.raises(BadInput) as refused:
        changed_look({}, Look(colour))
    assert refused.value.field == "colour"


@pytest.mark.parametrize(
    "content",
    [b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"GIF89a", picture()[:60], bytes(MOST_LOGO + 1)],
    ids=["svg", "gif", "torn", "big"],
)
def test_what_is_no_small_picture_is_refused(content: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ImageFile, "LOAD_TRUNCATED_IMAGES", True)  # as where the engine of the papers was loaded
    with pytest.raises(BadInput) as refused:
        changed_look({}, Look(logo=content))
    assert refused.value.field == "logo"


def test_a_logo_is_drawn_anew_on_white_and_small() -> None:
    logo = drawn(changed_look({}, Look(logo=picture((3000, 1200))))["logo"])
    assert (logo.mode, logo.size) == ("RGB", (720, 288))
    assert logo.getpixel((5, 5)) == (255, 255, 255)


def test_a_rich_picture_is_kept_as_one_that_takes_less_room() -> None:
    noisy = Image.effect_noise((400, 200), 40).convert("RGB").quantize(16)
    made = BytesIO()
    noisy.save(made, "PNG", optimize=True)
    kept = changed_look({}, Look(logo=made.getvalue()))["logo"]
    assert len(base64.b64decode(kept.partition(",")[2])) <= MOST_KEPT


def test_what_a_policy_holds_of_another_form_is_no_look() -> None:
    assert look_of({"house": {"colour": "red; x", "logo": "https://example.com/a.png"}}) == {}
    assert look_of({"house": ["#000000"]}) == {}
