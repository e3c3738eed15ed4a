"""The way out for text messages: word them, hand them to their route's carrier."""

from forbear.ports.book import Dispatch
from forbear.ports.sms import Sending, SmsCarrier, SmsText, Wording
from forbear.ports.ways import Made


class Texts:
    """Implements `ports.ways.Way`."""

    def __init__(self, carrier: SmsCarrier, wording: Wording) -> None:
        self._carrier = carrier
        self._wording = wording

    def make(self, ready: Dispatch) -> Made:
        worded = self._wording.sms(ready.template, ready.language, ready.values)
        return Made(sha256=worded.sha256, size=worded.segments, content=worded.body)

    def send(self, ready: Dispatch, made: Made) -> Sending:
        return self._carrier.send(
            SmsText(
                touch=ready.touch,
                provider=ready.provider,
                template=ready.template,
                language=ready.language,
                values=ready.values,
                to=ready.to,
                sender=ready.sender,
                body=str(made.content),
                callback_url=ready.callback_url,
                validity=ready.validity,
            )
        )
