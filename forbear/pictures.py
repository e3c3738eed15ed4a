"""Reads a picture somebody uploaded to its last dot, or says that it cannot be read.

Pillow has one switch for a whole process that makes it fill up what a cut-off file lacks, and the engine of the papers
turns it on by being imported. A scan of a contract that is half grey must not pass as a contract.
"""

from threading import Lock
from typing import Final

from PIL import Image, ImageFile

_SWITCH: Final = Lock()


def load_whole(picture: Image.Image) -> None:
    """Read every dot of a picture.

    Raises:
        OSError: the file ends before its picture does.
        SyntaxError, ValueError: it is damaged, as Pillow says it.
    """
    with _SWITCH:
        before, ImageFile.LOAD_TRUNCATED_IMAGES = ImageFile.LOAD_TRUNCATED_IMAGES, False
        try:
            picture.load()
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES = before
