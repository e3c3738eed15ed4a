"""Makes the core fonts, which the engine reads in a third of the time.

That of a Chinese font has its common signs; that of a Latin font, which varies in weight, the regular one alone.

Which signs are common is what the national character sets say, with punctuation and symbols; whatever else a name
holds is printed from the whole font that stands behind. A core font is made once on a machine, by whichever process
needs it first, and kept under a name that says what it was made of; the same inputs give the same bytes everywhere.
"""

import codecs
import fcntl
import hashlib
import importlib.metadata
import io
import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

import fontpkg_noto_sans
import fontpkg_noto_serif
import pylopdf_fonts_zh_cn
import pylopdf_fonts_zh_tw

from forbear.ports.papers import Unprintable

MODULE: Final = "forbear.documents.core_font"
FONT, SUMS = "font.otf", "SHA256SUMS"
AT_ONCE: Final = 2
"""Fonts that are made at the same time; each takes some seconds of a processor and 400 MB."""
FEATURES: Final = ("ccmp", "fwid", "halt", "hwid", "kern", "liga", "locl", "mark", "palt", "pwid")
"""What lines that run from left to right can ask of a font."""
SYMBOLS: Final = (
    (0x0020, 0x017F),  # Latin with the marks of Europe
    (0x2010, 0x205F),  # dashes and quotation marks
    (0x20A0, 0x22FF),  # currencies, letter-like signs, arrows, mathematics
    (0x2460, 0x26FF),  # numbers in circles, lines, boxes
    (0x3000, 0x303F),  # Chinese punctuation
    (0x3100, 0x312F),
    (0x3200, 0x33FF),  # units
    (0xFE30, 0xFE4F),
    (0xFF00, 0xFFEF),  # full width
)
VARYING: Final = "[wdth,wght].ttf"
LICENCE: Final = "licenses/LICENSE"
LEVEL_1: Final = 0xC67E
"""Where the 5,401 common signs of Big5 end."""
RENAMED: Final = {1: "{family}", 3: "{key}", 4: "{family}", 6: "{post}", 16: "{family}"}
"""The names of a font that tell it from the one it was made of."""


@dataclass(frozen=True, slots=True)
class Core:
    """A core font: its family and the whole one's, the font it is made of and the package whose licence it bears."""

    family: str
    whole: str
    source: Path
    package: str
    character_set: str = ""
    """Whose signs count as common; empty: all are kept, in one weight."""
    last: int = 0xFFFF
    """The last of the set's codes that counts as common, where a set has the common signs first."""

    @property
    def key(self) -> str:
        """Of what it is made: another font, set of signs or maker makes another file."""
        signs = sorted(self.signs) if self.character_set else []
        made_of = (_digest(self.source), importlib.metadata.version("fonttools"), self.family, FEATURES, signs)
        return hashlib.sha256(json.dumps(made_of).encode()).hexdigest()[:32]

    @property
    def signs(self) -> frozenset[int]:
        return common(self.character_set, self.last)

    @property
    def folder(self) -> Path:
        return home() / self.key


CORES: Final = (
    Core("Forbear Serif SC", "Noto Serif SC", pylopdf_fonts_zh_cn.serif_path(), "pylopdf-fonts-zh-cn", "gb2312"),
    Core("Forbear Sans SC", "Noto Sans SC", pylopdf_fonts_zh_cn.sans_path(), "pylopdf-fonts-zh-cn", "gb2312"),
    Core("Forbear Serif TC", "Noto Serif TC", pylopdf_fonts_zh_tw.serif_path(), "pylopdf-fonts-zh-tw", "big5", LEVEL_1),
    Core("Forbear Sans TC", "Noto Sans TC", pylopdf_fonts_zh_tw.sans_path(), "pylopdf-fonts-zh-tw", "big5", LEVEL_1),
    Core(
        "Forbear Serif", "Noto Serif", fontpkg_noto_serif.ROOT / "files" / f"NotoSerif{VARYING}", "fontpkg-noto-serif"
    ),
    Core("Forbear Sans", "Noto Sans", fontpkg_noto_sans.ROOT / "files" / f"NotoSans{VARYING}", "fontpkg-noto-sans"),
)


@cache
def common(character_set: str, last: int = 0xFFFF) -> frozenset[int]:
    """The signs of a national character set of two bytes up to a code, with letters, punctuation and symbols."""
    signs = {sign for first, last in SYMBOLS for sign in range(first, last + 1)}
    decode = codecs.getdecoder(character_set)
    for code in range(0x8140, last + 1):
        told, _ = decode(code.to_bytes(2), "ignore")
        signs |= {ord(told)} if len(told) == 1 else set()
    return frozenset(signs)


def home() -> Path:
    """Where a machine keeps what it made of its fonts.

    Raises:
        Unprintable: there is no such place.
    """
    folder = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache") / "forbear" / "fonts"
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError:
        raise Unprintable("engine.failed", "no folder to keep fonts in; set XDG_CACHE_HOME to one") from None
    return folder


def ensure() -> None:
    """Have every core font on this machine; the first time it takes most of a minute.

    Each is made in a process of its own: making one takes more memory than all the printing does, and goes on if
    whoever waits is ended.

    Raises:
        CalledProcessError: one could not be made; its reason went to stderr.
    """
    missing = [core for core in CORES if not is_whole(core.folder)]
    with ThreadPoolExecutor(AT_ONCE) as pool:
        list(pool.map(_have_made, missing))


def is_whole(folder: Path) -> bool:
    """Whether a core font is there, as it was made."""
    try:
        return (folder / SUMS).read_text("ascii").split()[0] == _sum(folder / FONT)
    except (OSError, IndexError):
        return False


def make(core: Core, folder: Path) -> None:
    """Make a core font in a folder, unless it is there or another process makes it meanwhile.

    Nothing of it is seen before all of it is on the disk.
    """
    with _alone(folder):
        if is_whole(folder):
            return
        for spoilt in (folder, *folder.parent.glob(f"{folder.name}-*")):  # or left by a process that was ended
            shutil.rmtree(spoilt, ignore_errors=True)
        making = Path(tempfile.mkdtemp(prefix=f"{folder.name}-", dir=folder.parent))
        try:
            _keep(making / FONT, made(core, folder.name))
            _keep(making / "OFL.txt", _licence(core).encode())
            _keep(making / SUMS, f"{_sum(making / FONT)}  {FONT}\n".encode())
            making.chmod(0o755)
            making.rename(folder)
        finally:
            shutil.rmtree(making, ignore_errors=True)


def _have_made(core: Core) -> None:
    started = [sys.executable, "-m", MODULE, core.family]
    root = Path(__file__).parents[2]
    subprocess.run(started, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, cwd=root)


def made(core: Core, key: str) -> bytes:
    """The bytes of a core font.

    Nothing in it says when it was made; the measures of the whole font are kept, so that signs of both stand in line.
    """
    # Here, because a press never needs them: they would stay in its memory.
    from fontTools import subset
    from fontTools.ttLib import TTFont
    from fontTools.varLib import instancer

    font: Any = TTFont(core.source, lazy=True, recalcTimestamp=False, recalcBBoxes=False)
    if core.character_set:
        options: Any = subset.Options(notdef_outline=True, name_IDs=["*"], desubroutinize=True)
        options.layout_features = list(FEATURES)
        maker: Any = subset.Subsetter(options)
        maker.populate(unicodes=core.signs & font.getBestCmap().keys())
        maker.subset(font)
    else:
        regular = {axis.axisTag: axis.defaultValue for axis in font["fvar"].axes}
        font = instancer.instantiateVariableFont(font, regular, inplace=True)
    _rename(font, core.family, key)
    written = io.BytesIO()
    font.save(written)
    return written.getvalue()


def _rename(font: Any, family: str, key: str) -> None:
    """A font that lacks signs must not pass for the one it was made of, on this machine or in a file."""
    post = f"{family.replace(' ', '')}-Regular"
    for record in font["name"].names:
        if record.nameID in RENAMED:
            record.string = RENAMED[record.nameID].format(family=family, key=key, post=post)
    if "CFF " in font:
        table = font["CFF "].cff
        table.fontNames = [post]
        top = table.topDictIndex[0]
        top.FamilyName, top.FullName = family, family


def _licence(core: Core) -> str:
    text = importlib.metadata.distribution(core.package).read_text(LICENCE)
    if not text:
        raise FileNotFoundError(LICENCE)
    return text


def _keep(path: Path, content: bytes) -> None:
    with path.open("wb") as file:
        file.write(content)
        file.flush()
        os.fsync(file.fileno())


def _sum(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


@cache
def _digest(path: Path) -> str:
    return _sum(path)


@contextmanager
def _alone(folder: Path) -> Generator[None]:
    """One process at a time; the lock goes with the process that holds it, however it ends."""
    with folder.with_suffix(".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


if __name__ == "__main__":
    chosen = next(core for core in CORES if core.family == sys.argv[1])
    make(chosen, chosen.folder)
