"""The way out for text messages in mainland China over Alibaba Cloud's SMS service, with the real SDK.

Implements `ports.sms.SmsCarrier`. The provider holds the approved wording: we name its code, our values and the
lender's signature, and give the touch's id along (`OutId`), which it echoes in its list and in its reports. It has no
idempotency and says itself to look at the list before trying again; so one attempt, and what is unclear stays unknown.

There is no counterpart to Twilio's validity period: a carrier may hold a text for a handset that is off and deliver
it at night. What protects the window's end is `dispatch_by` and the last look before the first byte; here in addition
nothing is handed over in the window's last minutes. That the person switches the phone on later is theirs to choose.
"""

import json
from collections.abc import Iterator
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final
from zoneinfo import ZoneInfo

import structlog
from alibabacloud_dysmsapi20170525.client import Client
from alibabacloud_dysmsapi20170525.models import QuerySendDetailsRequest, SendSmsRequest
from alibabacloud_tea_openapi.exceptions import AlibabaCloudException
from darabonba.exceptions import UnretryableException

from forbear.cadence.sms_codes import ALIYUN
from forbear.channels import aliyun_client, aliyun_codes
from forbear.channels.wording import SmsWording
from forbear.clock import Clock
from forbear.errors import BadInput
from forbear.ports.sms import Accepted, Found, Refused, Sending, SmsText, Unknown, Unreadable
from forbear.settings import Settings

NAME: Final = "aliyun"
COUNTRY_CODE: Final = "+86"
BEIJING: Final = ZoneInfo("Asia/Shanghai")
LAST_MINUTES: Final = timedelta(minutes=5)
"""World time before the window's end in which nothing is handed over any more."""
PAGE: Final = 50
PAGES_AT_MOST: Final = 20
CLOCK_SLACK: Final = timedelta(minutes=2)
"""Between our clock and the provider's."""
SENT_WITHIN: Final = timedelta(days=1)
"""World time after it was handed out in which a text is listed: it may fall on the next day of Beijing."""
SERVER_ERROR: Final = 500

log = structlog.get_logger("forbear.sms")


class AliyunCarrier:
    def __init__(
        self,
        client: Client,
        wording: SmsWording,
        *,
        clock: Clock | None = None,
        read_seconds: float = aliyun_client.READ_SECONDS,
    ) -> None:
        self._client = client
        self._wording = wording
        self._clock = clock or Clock.real()
        self._runtime = aliyun_client.runtime(read_seconds)

    @classmethod
    def from_settings(
        cls, settings: Settings, wording: SmsWording, clock: Clock | None = None
    ) -> "AliyunCarrier | None":
        """The adapter, or None where no account is set; sandbox and production cannot be mixed.

        Raises:
            CannotStart: half an account, or an address that does not belong to it.
        """
        if not settings.aliyun_access_key_id and not settings.aliyun_access_key_secret.get_secret_value():
            return None
        return cls(aliyun_client.client(settings), wording, clock=clock)

    def send(self, text: SmsText) -> Sending:
        if text.validity < LAST_MINUTES:
            return Refused("window-ends")
        if not text.to.startswith(COUNTRY_CODE):
            return Refused("not-domestic", ours=True)
        try:
            request = self._request(text)
        except (BadInput, KeyError):
            return Refused("no-approved-wording", ours=True)
        return self._try_once(request)

    def _try_once(self, request: SendSmsRequest) -> Sending:
        try:
            body = self._client.send_sms_with_options(request, self._runtime).body
        except AlibabaCloudException as error:
            return _classified(error)
        except UnretryableException as error:
            return Refused("connection-refused") if aliyun_client.never_connected(error) else Unknown("no answer")
        except Exception as error:  # noqa: BLE001  whatever the SDK fails with after the first byte, the text may be out
            return Unknown(f"the answer could not be read: {type(error).__name__}")
        return _read(body)

    def find(
        self, *, provider: str, touch: str, to: str, sender: str, since: datetime, marker_sha256: str
    ) -> Found | None:
        del provider, sender, marker_sha256  # the touch's id is echoed: nothing else is needed
        for day in _days(since, self._clock.now()):
            for detail in self._details(to, day):
                if detail.out_id == touch:
                    return _found(detail)
        return None

    def _request(self, text: SmsText) -> SendSmsRequest:
        approved = self._wording.approved(text.template, text.language, NAME)
        values = {key: text.values[key] for key in approved.params}
        return SendSmsRequest(
            phone_numbers=text.to.removeprefix(COUNTRY_CODE),
            sign_name=text.sender,
            template_code=approved.code,
            template_param=json.dumps(values, ensure_ascii=False),
            out_id=text.touch,
        )

    def _details(self, to: str, day: date) -> Iterator[Any]:
        """What the provider lists for a number on one day of Beijing."""
        for page in range(1, PAGES_AT_MOST + 1):
            request = QuerySendDetailsRequest(
                phone_number=to.removeprefix(COUNTRY_CODE),
                send_date=day.strftime("%Y%m%d"),
                page_size=PAGE,
                current_page=page,
            )
            try:
                body = self._client.query_send_details_with_options(request, self._runtime).body
            except Exception as error:  # noqa: BLE001  whatever it is, the list was not read
                raise ConnectionError(f"the provider's list could not be read: {type(error).__name__}") from None
            code = str(getattr(body, "code", None) or "")
            if code != aliyun_codes.OK:
                refusal = Unreadable if aliyun_codes.of_one_question(code) else ConnectionError
                raise refusal("the provider's list could not be read: it was refused")
            listed: list[Any] = getattr(body.sms_send_detail_dtos, "sms_send_detail_dto", None) or []
            yield from listed
            if len(listed) < PAGE:
                return
        raise Unreadable("the provider's list could not be read: it is longer than any of ours")


def _read(body: object) -> Sending:
    """An answer with HTTP 200; the SDK leaves out what the provider did, whatever its types say."""
    code, biz_id = str(getattr(body, "code", None) or ""), getattr(body, "biz_id", None)
    if code == aliyun_codes.OK and biz_id:
        return Accepted(provider_id=str(biz_id), status="accepted")
    if not code or code == aliyun_codes.OK:
        return Unknown("an answer without a code or an id")
    log.info("sms_refused", code=code, known=code in ALIYUN)
    return aliyun_codes.refused(code)


def _days(since: datetime, now: datetime) -> list[date]:
    """The days of Beijing on which a text handed out then may be listed, the likely one first and none to come."""
    instants = (since, since - CLOCK_SLACK, min(since + SENT_WITHIN, max(since, now)))
    return list(dict.fromkeys(at.astimezone(BEIJING).date() for at in instants))


def _found(detail: Any) -> Found:
    """What a line of the list tells; the provider's own id is not in it."""
    status = aliyun_codes.STATUSES.get(detail.send_status, f"status-{detail.send_status}")
    code = str(detail.err_code) if status == "undelivered" and detail.err_code else None
    return Found(provider_id=None, status=status, code=code, at=_instant(detail.receive_date))


def _instant(local: str | None) -> datetime | None:
    """The provider writes Beijing time without saying so."""
    try:
        return datetime.fromisoformat(local).replace(tzinfo=BEIJING).astimezone(UTC) if local else None
    except ValueError:
        return None


def _classified(error: AlibabaCloudException) -> Sending:
    """An answer with an HTTP error: below 500 the call was turned away before the text was looked at."""
    code = str(error.code or "")
    status: object = getattr(error, "status_code", None)
    if not isinstance(status, int) or status >= SERVER_ERROR:
        return Unknown(f"the provider answered {status}")
    if code == aliyun_codes.SEEN_BEFORE:
        return Unknown(f"the provider answered {code}")
    if code.startswith(aliyun_codes.THROTTLED):
        return Refused("throttled")
    log.info("sms_refused", code=code)
    return Refused(code, ours=True)
