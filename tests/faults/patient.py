"""A lender's client that does not give up: the same call under the same key until somebody answers it.

What makes an outage harmless to a client is that it made the key before the first try; the calls repeated here are the
same bytes, key included.
"""

import httpx

from forbear.api.client_import import AGAIN
from forbear.services.processes import poll_until

LONGEST_OUTAGE_SECONDS = 240.0


class PatientTransport(httpx.HTTPTransport):
    """Repeats a request while nobody answers, or the answer says that nothing was changed."""

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        answers: list[httpx.Response] = []

        def answered() -> bool:
            try:
                answer = httpx.HTTPTransport.handle_request(self, request)
            except httpx.TransportError:
                return False
            if answer.status_code in AGAIN:
                answer.read()
                return False
            answers.append(answer)
            return True

        if not poll_until(answered, LONGEST_OUTAGE_SECONDS):
            raise httpx.ConnectError("the API did not come back", request=request)
        return answers[0]
