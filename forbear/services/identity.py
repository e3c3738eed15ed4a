"""Who PostgreSQL runs as when we are root, which it refuses.

A user namespace makes us an ordinary user who still owns root's files. Where namespaces are forbidden, as in most
containers, the server runs as `nobody` on a folder given to `nobody`, and keeps the one capability that lets it pass
closed parent folders. Either way no account is made and no folder that is not ours is opened.
"""

import ctypes
import os
import pwd
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Literal

from forbear.errors import CannotStart, LibraryMissing
from forbear.services.processes import LIBC

Identity = Literal["self", "namespace", "account"]

ACCOUNT = "nobody"
CLONE_NEWUSER = 0x10000000
PR_SET_KEEPCAPS, PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE = 8, 47, 2
CAP_DAC_OVERRIDE = 1
CAPABILITIES_V3 = 0x20080522
OVERFLOW_ID = 65534
MISSING = "error while loading shared libraries: "


def owner(identity: Identity) -> int:
    """The user id that must own the server's files."""
    return pwd.getpwnam(ACCOUNT).pw_uid if identity == "account" else os.geteuid()


def change(identity: Identity) -> Callable[[], None] | None:
    """What the child runs to become that identity; None when it stays as it is."""
    if identity == "self":
        return None
    if identity == "namespace":
        return _enter_namespace
    account = pwd.getpwnam(ACCOUNT)  # read before the fork: the child must not load modules
    return lambda: _become(account.pw_uid, account.pw_gid)


def choose(program: Path) -> Identity:
    """The first identity under which the program runs.

    Raises:
        LibraryMissing: the program lacks a system library.
        CannotStart: we are root and nothing else is allowed here.
    """
    possible: tuple[Identity, ...] = ("namespace", "account") if os.geteuid() == 0 else ("self",)
    for identity in possible:
        if _runs(program, identity):
            return identity
    raise CannotStart(
        f"PostgreSQL does not run as root, and neither a user namespace nor the account '{ACCOUNT}' may run {program}: "
        "start forbear as an ordinary user"
    )


def _runs(program: Path, identity: Identity) -> bool:
    try:
        done = subprocess.run(
            [program, "--version"],
            capture_output=True,
            text=True,
            check=False,
            preexec_fn=change(identity),
            cwd="/",
        )
    except (OSError, subprocess.SubprocessError):
        return False
    if MISSING in done.stderr:
        library = done.stderr.split(MISSING, 1)[1].split(":", 1)[0]
        raise LibraryMissing(f"PostgreSQL needs the system library {library}: install the package that holds it")
    return done.returncode == 0


def _enter_namespace() -> None:
    if LIBC.unshare(CLONE_NEWUSER):
        raise OSError(ctypes.get_errno(), "unshare")
    Path("/proc/self/setgroups").write_text("deny")
    Path("/proc/self/uid_map").write_text(f"{OVERFLOW_ID} 0 1")
    Path("/proc/self/gid_map").write_text(f"{OVERFLOW_ID} 0 1")


class _Header(ctypes.Structure):
    _fields_ = (("version", ctypes.c_uint32), ("pid", ctypes.c_int))


class _Sets(ctypes.Structure):
    _fields_ = (("effective", ctypes.c_uint32), ("permitted", ctypes.c_uint32), ("inheritable", ctypes.c_uint32))


def _become(uid: int, gid: int) -> None:
    LIBC.prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0)
    os.setgroups([])
    os.setresgid(gid, gid, gid)
    os.setresuid(uid, uid, uid)
    # Without the capability the server still runs wherever its folders can be reached, so a refusal is no error.
    mask = 1 << CAP_DAC_OVERRIDE
    sets = (_Sets * 2)(_Sets(mask, mask, mask), _Sets(0, 0, 0))
    if LIBC.capset(ctypes.byref(_Header(CAPABILITIES_V3, 0)), sets) == 0:
        LIBC.prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_DAC_OVERRIDE, 0, 0)
