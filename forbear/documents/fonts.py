"""The fonts of the papers, and no others: what is installed on a machine must not change a letter's bytes.

They come with Python packages: Noto Serif and Sans SC and TC hold 30,000 and 20,000 signs, rare Chinese names among
them; Noto Serif and Sans hold Latin with all its marks, Greek and Cyrillic. A sign that none has is not printed from
somewhere else: the paper is refused.
"""

from collections.abc import Sequence
from pathlib import Path
from xml.sax.saxutils import escape

import fontpkg_noto_sans
import fontpkg_noto_serif
import pylopdf_fonts_zh_cn
import pylopdf_fonts_zh_tw

from forbear.documents.core_font import CORES, Core

CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
{fonts}
{cores}
  <cachedir>{cache}</cachedir>
</fontconfig>
"""
CORE_FIRST = """  <match target="pattern">
    <test name="family"><string>{whole}</string></test>
    <test name="weight" compare="less_eq"><const>regular</const></test>
    <edit name="family" mode="prepend" binding="strong"><string>{core}</string></edit>
  </match>"""
"""Whoever asks for a font is given its core, and behind it the whole: no style sheet has to name both. What is to be
bold comes from the whole one, as a core has one weight."""


def configure(folder: Path, made: Sequence[Core] = CORES) -> Path:
    """Write into a folder the font configuration that knows our fonts alone; the cache is kept beside it.

    The core fonts it names are there once `core_font.ensure` was called, which must be before a page is made. With none
    `made`, pages are printed from the whole fonts alone.
    """
    file = folder / "fonts.conf"
    homes = (
        *(core.folder for core in made),
        pylopdf_fonts_zh_cn.serif_path().parent,
        pylopdf_fonts_zh_tw.serif_path().parent,
        fontpkg_noto_serif.ROOT,
        fontpkg_noto_sans.ROOT,
    )
    fonts = "\n".join(f"  <dir>{escape(str(home))}</dir>" for home in homes)
    cores = "\n".join(CORE_FIRST.format(whole=core.whole, core=core.family) for core in made)
    file.write_text(CONFIGURATION.format(fonts=fonts, cores=cores, cache=escape(str(folder / "cache"))), "utf-8")
    return file
