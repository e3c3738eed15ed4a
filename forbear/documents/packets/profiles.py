"""The profiles of courts: what each accepts, as data with a source for every value.

A value of which nobody has read a source is written `unknown`; then the careful one of `careful.toml` stands, which
every court known to us would accept, and the profile says so.
"""

import tomllib
from collections.abc import Mapping
from dataclasses import fields
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from pydantic import TypeAdapter, ValidationError

from forbear.documents.envelopes import sheets
from forbear.errors import BadData, NotFound
from forbear.ports.packets import CourtProfile

FOLDER: Final = Path(__file__).with_name("profiles")
CAREFUL: Final = "careful"
UNKNOWN, NONE = "unknown", "none"
TOLD_APART: Final = frozenset({"id", "title", "sources", "unknown"})
KEYS: Final = tuple(each.name for each in fields(CourtProfile) if each.name not in TOLD_APART)
PROFILE: Final = TypeAdapter(CourtProfile)


def find_profile(name: str, folder: Path = FOLDER) -> CourtProfile:
    """One profile by its id.

    Raises:
        NotFound: there is none.
    """
    known = profiles(folder)
    if name not in known:
        raise NotFound(f"there is no such court profile; there are {', '.join(known)}")
    return known[name]


@cache
def profiles(folder: Path = FOLDER) -> Mapping[str, CourtProfile]:
    """Every profile by its id.

    Raises:
        BadData: a file is not understood.
    """
    careful = _read(folder / f"{CAREFUL}.toml", None)
    others = [_read(path, careful) for path in sorted(folder.glob("*.toml")) if path.stem != CAREFUL]
    return MappingProxyType({each.id: each for each in (careful, *others)})


def _read(path: Path, careful: CourtProfile | None) -> CourtProfile:
    try:
        told = tomllib.loads(path.read_text("utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise BadData(path, None, f"is no TOML in UTF-8: {type(error).__name__}") from None
    if strange := sorted(told.keys() - {*KEYS, "id", "title"}):
        raise BadData(path, None, f"{strange[0]} is no key of a profile: use {', '.join(KEYS)}")
    if told.get("id") != path.stem:
        raise BadData(path, None, f'id must be "{path.stem}", as its file is called')
    values: dict[str, Any] = {"id": told["id"], "title": told.get("title", "")}
    sources, unknown = dict[str, str](), list[str]()
    for key in KEYS:
        value, sources[key] = _value(path, told, key)
        if value == UNKNOWN or value is None:
            if careful is None:
                raise BadData(path, None, f"{key} must have a careful value")
            unknown.append(key)
            value = getattr(careful, key)
        values[key] = None if value == NONE else tuple(value) if isinstance(value, list) else value
    return _checked(path, {**values, "sources": sources, "unknown": tuple(unknown)})


def _value(path: Path, told: Mapping[str, Any], key: str) -> tuple[Any, str]:
    """A value and its source; what a file does not name is unknown."""
    pair: object = told.get(key, {"value": UNKNOWN, "source": "not looked for"})
    if not isinstance(pair, dict) or set(pair) != {"value", "source"}:  # pyright: ignore[reportUnknownArgumentType]  it is what TOML gave
        raise BadData(path, None, f"[{key}] must have value and source")
    value, source = pair["value"], pair["source"]
    if not isinstance(source, str) or not source.strip():
        raise BadData(path, None, f"[{key}] source must say where the value stands")
    return value, source


def _checked(path: Path, values: Mapping[str, Any]) -> CourtProfile:
    try:
        profile = PROFILE.validate_python(values)
    except ValidationError as error:
        raise BadData(path, None, f"{error.errors()[0]['loc'][0]} has a value of another kind") from None
    if profile.sheet not in sheets():
        raise BadData(path, None, f"sheet must be one of {', '.join(sheets())}")
    return profile
