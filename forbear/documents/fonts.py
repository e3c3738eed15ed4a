"""The fonts of the papers, and no others: what is installed on a machine must not change a letter's bytes.

Noto Serif and Sans SC come with their Python package and hold 30,000 signs, rare names among them. A sign that neither
has is not printed from somewhere else: the paper is refused.
"""

from pathlib import Path
from xml.sax.saxutils import escape

import pylopdf_fonts_zh_cn

CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
  <dir>{fonts}</dir>
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def configure(folder: Path) -> Path:
    """Write into a folder the font configuration that knows our fonts alone; the cache is kept beside it."""
    file = folder / "fonts.conf"
    fonts = pylopdf_fonts_zh_cn.serif_path().parent
    file.write_text(CONFIGURATION.format(fonts=escape(str(fonts)), cache=escape(str(folder / "cache"))), "utf-8")
    return file
