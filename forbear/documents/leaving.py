"""Whether a finished paper may be sent: no draft is, and none without the approval that its kind asks for."""

from forbear.documents.kinds import Kind
from forbear.documents.registry import find_kind
from forbear.ports.papers import Paper, Unprintable


def check_leaving(paper: Paper, sha256: str) -> None:
    """Pass a finished paper that may leave.

    Raises:
        Unprintable: it is a draft, or nobody whose approval it needs has given it.
    """
    kind = find_kind(paper.kind)
    language = kind.spoken(paper.language, paper.to.country)
    if kind.empty_slots(language):
        raise Unprintable("draft.leaves", f"'{kind.id}' lacks prescribed words in {language}; put them in first")
    if kind.approval != "none" and not _approved(kind, language, paper, sha256):
        raise Unprintable(
            "approval.missing", f"'{kind.id}' leaves once a {kind.approval} approved it: 'forbear letters approve'"
        )


def _approved(kind: Kind, language: str, paper: Paper, sha256: str) -> bool:
    if f"{kind.approval}:{sha256}" in paper.approvals:
        return True
    return not kind.single and f"{kind.approval}:{kind.digest}:{language}" in paper.approvals
