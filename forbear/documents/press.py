"""A process that makes papers: it takes one job after the other from its pipe and answers with bytes or a refusal.

Apart from whoever asks, because a page can make the engine hang or eat memory and such a process is simply replaced.
Its environment is fixed before the engine loads, so that no machine's fonts, language or time zone reach a page.
"""

import gc
import hashlib
import sys
from multiprocessing.connection import Connection
from typing import Final

from pydantic import TypeAdapter

from forbear.documents import core_font
from forbear.documents.jobs import JOB, WARM_UP, AddressJob, Answer, BundleJob, Job, Leaf, LetterJob
from forbear.ports.papers import Unprintable

ANSWER: Final = TypeAdapter(Answer)


def work(pipe: Connection) -> None:
    """Make one page first, so that nobody waits for fonts to load; then serve until whoever asks is gone."""
    core_font.ensure()
    make(WARM_UP)
    # What was loaded stays for good: it need not be looked through whenever a page's own things are cleared away. That
    # is done between papers, when nobody waits: while one is made, most of what is looked through is still in use.
    gc.disable()
    gc.collect()
    gc.freeze()
    pipe.send_bytes(b"ready")
    while True:
        try:
            job = JOB.validate_json(pipe.recv_bytes())
        except (EOFError, OSError):
            return
        answer, pdf = _answer(job)
        pipe.send_bytes(ANSWER.dump_json(answer))
        pipe.send_bytes(pdf)
        gc.collect()


def make(job: Job) -> tuple[bytes, Answer]:
    """The bytes of a paper, looked at, and what is told of them.

    Raises:
        Unprintable: what the first failing check says.
    """
    from forbear.documents import checking, engine, leaving, wording

    match job:
        case BundleJob():
            return _bundled(job)
        case LetterJob():
            words = wording.word_letter(job.paper)
        case AddressJob():
            words = wording.word_address_page(job.touch, job.to, job.head)
    made = engine.render(words)
    pages = checking.check(words, made)
    sha256 = hashlib.sha256(made.pdf).hexdigest()
    if isinstance(job, LetterJob) and job.paper.leaves:
        leaving.check_leaving(job.paper, sha256)
    return made.pdf, Answer(pages, sha256, words.draft)


def _bundled(job: BundleJob) -> tuple[bytes, Answer]:
    """Every paper of a bundle with its own refusal; the file of all comes first, and only if none was refused."""
    from forbear.documents import checking, engine, wording

    leaves, laid_out, files = list[Leaf](), list[engine.Laid](), list[bytes]()
    for paper in job.papers:
        try:
            words = wording.word_letter(paper)
            laid = engine.lay_out(words)
            laid_out.append(laid)
            if job.write:
                made = engine.write(laid)
                checking.check(words, made)
                files.append(made.pdf)
        except Unprintable as no:
            leaves.append(Leaf(code=no.code, sentence=no.sentence))
            continue
        sha256, size = (hashlib.sha256(files[-1]).hexdigest(), len(files[-1])) if job.write else ("", 0)
        leaves.append(Leaf(laid.pages, sha256, words.draft, size, laid.rows))
    whole = not any(leaf.code for leaf in leaves)
    together = engine.write_together(laid_out) if job.write and whole else b""
    return together + b"".join(files), Answer(leaves=tuple(leaves))


def _answer(job: Job) -> tuple[Answer, bytes]:
    try:
        pdf, answer = make(job)
    except Unprintable as no:
        return Answer(code=no.code, sentence=no.sentence), b""
    except Exception as error:  # noqa: BLE001  an engine may raise anything; its message may quote the page
        return Answer(code="engine.failed", sentence=f"the engine failed with {type(error).__name__}"), b""
    return answer, pdf


if __name__ == "__main__":
    sys.stdout = sys.stderr
    work(Connection(int(sys.argv[1])))
