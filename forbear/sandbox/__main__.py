"""`python -m forbear.sandbox`: the outside world in a box, as one process on loopback.

It is the carrier (Twilio's messages, calls, recordings and numbers under `/api`, Messaging Services under
`/messaging`, lookups under `/lookups`), China's domestic SMS provider (at `/`), the payment provider
(Stripe's checkout sessions under `/stripe`, its hosted page under `/pay/c/`), the people with their habits, and a
control plane under `/_sandbox/`. Its memory and its log outlive it.
"""

import os
import sys
from zoneinfo import reset_tzpath

from forbear.sandbox.options import parse
from forbear.sandbox.serving import serve


def main() -> None:
    """Run until told to stop."""
    reset_tzpath(())  # zones come from the pinned package, whatever the machine has
    serve(parse(sys.argv[1:], os.environ), "sandbox listening on {}".format)


if __name__ == "__main__":
    main()
