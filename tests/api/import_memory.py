"""A process of its own that imports a small and a large file and tells how much more memory the large one took.

Settings come as JSON on standard input; tenant, lender and the two numbers of rows as arguments.
"""

import json
import resource
import sys
import zlib
from collections.abc import Iterator

from forbear.api.imports.runner import Runner
from forbear.clock import Clock, machine_time
from forbear.ledger import import_files
from forbear.ledger.engine import Ledger
from forbear.ledger.import_spool import Upload
from forbear.settings import Settings
from tests.api.importing import row, table


def packed(rows: int, first: str) -> Iterator[bytes]:
    """The file as gzip, made as it is sent."""
    engine = zlib.compressobj(wbits=31)
    yield engine.compress(first.encode())
    for number in range(rows):
        cells = row(number, loan_number=f"M{rows}-{number}", phone_zone="" if number % 7 else "Mars/Olympus")
        yield engine.compress((",".join(cells.values()) + "\r\n").encode())
    yield engine.flush()


def dry_run(ledger: Ledger, tenant: str, lender: str, rows: int) -> dict[str, object]:
    upload = Upload(ledger, tenant=tenant, lender=lender, key=f"rows-{rows}", told="")
    upload.begin()
    for part in packed(rows, table(row(1)).split("\r\n")[0] + "\r\n"):
        upload.write(part)
    declared = {"format": "csv", "encoding": None, "compressed": True, "dry_run": True}
    upload.keep({}, declared=declared, at=ledger.clock.now())
    began, runner = machine_time(), Runner(ledger)
    while runner.serve():
        pass
    took = machine_time() - began
    with ledger.api(tenant, lender) as session:
        file = import_files.found(session, upload.id)
    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    told = {"state": file.state, "would_enrol": file.would_enrol, "refused": file.refused, "kilobytes": kilobytes}
    return {**told, "seconds": took.total_seconds()}


def main() -> None:
    settings = Settings.model_validate(json.load(sys.stdin))
    tenant, lender, small, large = sys.argv[1:]
    with Ledger.open(settings, clock=Clock.real()) as ledger:
        told = [dry_run(ledger, tenant, lender, int(rows)) for rows in (small, large)]
    sys.stdout.write("\n" + json.dumps(told) + "\n")


if __name__ == "__main__":
    main()
