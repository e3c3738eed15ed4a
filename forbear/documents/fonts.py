"""The fonts of the papers, and no others: what is installed on a machine must not change a letter's bytes.

They come with Python packages: Noto Serif and Sans SC hold 30,000 signs, rare Chinese names among them; Noto Serif and
Sans hold Latin with all its marks, Greek and Cyrillic. A sign that none has is not printed from somewhere else: the
paper is refused.
"""

from pathlib import Path
from xml.sax.saxutils import escape

import fontpkg_noto_sans
import fontpkg_noto_serif
import pylopdf_fonts_zh_cn

CONFIGURATION = """<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig>
{fonts}
  <cachedir>{cache}</cachedir>
</fontconfig>
"""


def configure(folder: Path) -> Path:
    """Write into a folder the font configuration that knows our fonts alone; the cache is kept beside it."""
    file = folder / "fonts.conf"
    homes = (pylopdf_fonts_zh_cn.serif_path().parent, fontpkg_noto_serif.ROOT, fontpkg_noto_sans.ROOT)
    fonts = "\n".join(f"  <dir>{escape(str(home))}</dir>" for home in homes)
    file.write_text(CONFIGURATION.format(fonts=fonts, cache=escape(str(folder / "cache"))), "utf-8")
    return file
