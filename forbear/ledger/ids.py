"""Opaque ids: a prefix that says what a row is, and chance enough that nobody guesses one or meets one twice."""

import secrets
import string
from typing import Literal

ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
LENGTH = 22
"""Of base62 digits: 131 bits."""

Prefix = Literal[
    "ten", "len", "key", "per", "pro", "pt", "con", "agr", "acc", "pty", "ent", "pay", "prm", "stp", "cas", "dec",
    "tch", "rcp", "lnk", "pgs", "chk", "rpl", "sup", "pst", "idm", "mat", "pky", "imp", "ipc", "irw", "evt",
    "tsk", "stf", "act", "sgn", "cal", "stg", "rec", "ltr", "vis", "chi", "evd", "snd", "inc",
    "trm", "prf", "vpn", "vpc", "vrp", "vsg", "hov", "cus", "ofd", "apr", "pfd", "lrn", "lri",
    "pkt", "cfl", "fct", "clk", "alm", "srv", "cst", "gua", "crn", "cfd", "cdc", "rvw", "whk", "whm",
]  # fmt: skip


def base62(length: int) -> str:
    """So many random digits of 0-9, A-Z, a-z."""
    number, digits = secrets.randbelow(62**length), ""
    for _ in range(length):
        number, digit = divmod(number, 62)
        digits += ALPHABET[digit]
    return digits


def new_id(prefix: Prefix) -> str:
    """A fresh id, e.g. `acc_0XbE…`."""
    return f"{prefix}_{base62(LENGTH)}"
