"""Passwords of staff: what a good one is, its Argon2 hash, and a comparison that costs the same where there is none.

A hash takes tens of megabytes while it is made, so only a few are made at once however many people sign in.
"""

import secrets
import unicodedata
from functools import cache
from threading import BoundedSemaphore
from typing import Final

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

from forbear.errors import BadInput

SHORTEST: Final = 12
LONGEST: Final = 200
FEWEST_SIGNS: Final = 5
"""Different characters in a password; fewer is one key held down."""
HASHER: Final = PasswordHasher()
"""The library's parameters of the day (RFC 9106, low memory). Older hashes are made anew when their owner signs in."""
_room: Final = BoundedSemaphore(2)


def checked(password: str, *, email: str = "") -> str:
    """A password in the form in which it is hashed.

    Raises:
        BadInput: it is too short, too long, or too easily guessed.
    """
    normal = unicodedata.normalize("NFKC", password)
    if not SHORTEST <= len(normal) <= LONGEST:
        raise BadInput("password", f"has fewer than {SHORTEST} or more than {LONGEST} characters", "Use a few words.")
    if len(set(normal)) < FEWEST_SIGNS:
        raise BadInput("password", "repeats too few characters", "Use a few words that do not belong together.")
    local = email.partition("@")[0].casefold()
    if local and local in normal.casefold() and len(normal) - len(local) < SHORTEST // 2:
        raise BadInput("password", "is little more than the e-mail address", "Use a few words of your own.")
    return normal


def hashed(password: str, *, email: str = "") -> str:
    """The hash of a new password."""
    with _room:
        return HASHER.hash(checked(password, email=email))


def holds(stored: str | None, password: str) -> bool:
    """Whether this is the password. Without a stored hash the same work is done, and the answer is no."""
    normal = unicodedata.normalize("NFKC", password)
    try:
        with _room:
            HASHER.verify(stored or _nobodys(), normal)
    except (VerificationError, InvalidHashError):
        return False
    return stored is not None


def made_anew(stored: str, password: str) -> str | None:
    """The hash with today's parameters, where the stored one has others."""
    if not HASHER.check_needs_rehash(stored):
        return None
    with _room:
        return HASHER.hash(unicodedata.normalize("NFKC", password))


@cache
def _nobodys() -> str:
    return HASHER.hash(secrets.token_urlsafe(32))
