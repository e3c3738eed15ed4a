"""Why the carrier says no, in Twilio's words and codes.

The texts keep the provider's habit of quoting phone numbers: an application that logs them must be caught here,
not in production.
"""

from collections.abc import Mapping
from typing import Any

_CATALOGUE: dict[int, tuple[int, str]] = {
    20001: (400, "Unknown or unreadable parameter {name}"),
    20003: (401, "Authenticate"),
    20004: (405, "Method not allowed"),
    20009: (409, "Cannot delete this resource before it is complete"),
    20404: (404, "The requested resource {path} was not found"),
    20429: (429, "Too Many Requests"),
    20500: (500, "An internal server error has occurred"),
    21201: (400, "No 'To' number specified"),
    21205: (400, "Url parameter is required, and must be an absolute address, unless Twiml is given"),
    21206: (400, "The request method is not valid"),
    21208: (400, "The SendDigits parameter is not valid"),
    21210: (400, "'From' phone number not verified: {sender}"),
    21211: (400, "Invalid 'To' Phone Number: {to}"),
    21212: (400, "Invalid From Number (caller ID): {sender}"),
    21213: (400, "'From' phone number is required to call"),
    21214: (400, "'To' phone number cannot be reached: {to}"),
    21215: (400, "Account not allowed to call {to}"),
    21216: (400, "Account not allowed to call {to}"),
    21217: (400, "Phone number does not appear to be valid: {to}"),
    21218: (400, "Invalid ApplicationSid"),
    21220: (400, "Call is not in-progress. Cannot redirect."),
    21235: (400, "The Twiml parameter is longer than 4,000 characters"),
    21262: (400, "AsyncAmdStatusCallback is required when AsyncAmd is true"),
    21266: (400, "'To' and 'From' number cannot be the same: {to}"),
    21408: (400, "Permission to send an SMS has not been enabled for the region indicated by the 'To' number: {to}"),
    21421: (400, "PhoneNumber is invalid"),
    21422: (400, "PhoneNumber is not available"),
    21452: (400, "No phone numbers found for this area code"),
    21602: (400, "Message body is required."),
    21603: (400, "A 'From' phone number is required."),
    21604: (400, "A 'To' phone number is required."),
    21606: (400, "The 'From' phone number provided ({sender}) is not a valid message-capable Twilio phone number."),
    21608: (400, "The number {to} is unverified. Trial accounts cannot send messages to unverified numbers"),
    21609: (400, "The 'StatusCallback' URL is not a valid URL."),
    21610: (400, "Attempt to send to unsubscribed recipient"),
    21611: (400, "This 'From' number has exceeded the maximum number of queued messages"),
    21612: (400, "Message cannot be sent with the current combination of 'To' ({to}) and/or 'From' ({sender})"),
    21614: (400, "'To' number: {to}, is not a valid mobile number"),
    21617: (400, "The concatenated message body exceeds the 1600 character limit"),
    21620: (400, "Invalid media URL(s)"),
    21623: (400, "Number of media files exceeds allowed limit"),
    21635: (400, "'To' number: {to}, is a landline or a fixed line"),
    21704: (400, "The Messaging Service contains no phone numbers."),
    21705: (400, "The Messaging Service Sid is not valid"),
    21710: (409, "Phone Number is already in the Messaging Service"),
    30400: (400, "Parameters are not valid"),
    30409: (409, "This message cannot be canceled"),
    35111: (400, "SendAt timestamp is missing"),
    35114: (400, "SendAt time must be between 300 seconds and 35 days (3024000 seconds) in the future, inclusive"),
    35118: (400, "MessagingServiceSid is required to schedule a message"),
    63038: (429, "Account exceeded the daily messages limit"),
    90007: (400, "Validity period can only be set to integers between 1 and 36,000 seconds (10 hours max)."),
}


class Refusal(Exception):
    """An answer with one of Twilio's error codes. It becomes an HTTP answer and nothing else."""

    def __init__(self, code: int, **values: str) -> None:
        self.code = code
        self.status, template = _CATALOGUE.get(code, (400, "Refused"))
        self.message = template.format_map(_Blank(values))
        super().__init__(f"Twilio error {code}")

    def body(self) -> dict[str, Any]:
        """The error's JSON form."""
        more = f"https://www.twilio.com/docs/errors/{self.code}"
        return {"code": self.code, "message": self.message, "more_info": more, "status": self.status}


class _Blank(dict[str, str]):
    """Names nobody gave become empty."""

    def __init__(self, values: Mapping[str, str]) -> None:
        super().__init__(values)

    def __missing__(self, key: str) -> str:
        return ""
