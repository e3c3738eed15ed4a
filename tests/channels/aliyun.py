"""An account of the sandbox's domestic provider, a text to send through it, and where to look for it."""

from datetime import datetime, timedelta
from typing import Any

from pydantic import SecretStr

from forbear.channels.sms_aliyun import AliyunCarrier
from forbear.channels.wording import SmsWording
from forbear.ports.sms import Found, SmsText
from forbear.settings import Settings

KEY_ID, SECRET = "LTAIexample", "an-example-secret"
SIGNATURE = "示例储蓄"
SHORT = 1.0
"""Seconds; the slow provider answers after twice that."""
VALUES = {"lender": "示例储蓄银行", "phone": "95500-0000", "link": "https://pay.example.com/p/abcdefghij123456"}
WORDING = SmsWording()


def settings(url: str, **more: Any) -> Settings:
    given: dict[str, Any] = {
        "sandbox": True,
        "aliyun_access_key_id": KEY_ID,
        "aliyun_access_key_secret": SecretStr(SECRET),
        "aliyun_endpoint": url.removeprefix("http://"),
    }
    return Settings(**(given | more))


def text(to: str, touch: str = "tch_1", **more: Any) -> SmsText:
    given: dict[str, Any] = {
        "touch": touch,
        "provider": "aliyun",
        "template": "cn-notice-friendly",
        "language": "zh-Hans",
        "values": VALUES,
        "to": to,
        "sender": SIGNATURE,
        "body": "",
        "callback_url": "https://pay.example.com/cb",
        "validity": timedelta(hours=3),
    }
    return SmsText(**(given | more))


def look_for(carrier: AliyunCarrier, phone: str, touch: str, since: datetime) -> Found | None:
    return carrier.find(provider="aliyun", touch=touch, to=phone, sender=SIGNATURE, since=since, marker_sha256="")
