"""A turn of the menu as TwiML, made by the SDK: what the carrier is told to say and where it brings what it hears."""

from collections.abc import Callable
from typing import Final

from twilio.twiml.voice_response import Dial, Gather, VoiceResponse

from forbear.channels.voice.words import CHINESE, DEFAULT, language_of, speak
from forbear.ports.talks import Ask, Connect, HangUp, Listen, Said, TalkFacts, Turn

VOICES: Final = {"en": ("en-US", "Polly.Joanna-Neural"), CHINESE: ("cmn-CN", "Polly.Zhiyu-Neural")}
KEY_SECONDS: Final = 6
"""Between keys, and until the first."""
RECORD_SECONDS: Final = 120
SILENCE_SECONDS: Final = 8
RING_SECONDS: Final = 25
CONNECTED_SECONDS: Final = 1_800


def render(
    turn: Turn,
    facts: TalkFacts,
    *,
    next_url: str,
    recording_url: str,
    script: str = DEFAULT,
) -> str:
    """The document for one step.

    Args:
        turn: what the menu answers.
        facts: the values of its words.
        next_url: where the carrier brings what it hears; it names the step after this one.
        recording_url: where it tells that a recording is ready.
        script: whose words.
    """
    response, part = VoiceResponse(), turn.part
    language, voice = VOICES[language_of(facts.language)]

    def say(into: Callable[..., object], says: tuple[Said, ...]) -> None:
        if says:
            into(speak(says, facts, script), language=language, voice=voice)

    match part:
        case Ask():
            gather = Gather(
                input="dtmf",
                num_digits=part.digits,
                finish_on_key="#",
                timeout=KEY_SECONDS,
                action=next_url,
                method="POST",
                action_on_empty_result=True,
            )
            say(gather.say, part.says)
            response.append(gather)
        case Listen():
            say(response.say, part.says)
            response.record(
                action=next_url,
                method="POST",
                max_length=RECORD_SECONDS,
                timeout=SILENCE_SECONDS,
                finish_on_key="#",
                play_beep=True,
                recording_status_callback=recording_url,
                recording_status_callback_method="POST",
            )
            # Whoever says nothing at all is not brought back by <Record>.
            response.redirect(next_url, method="POST")
        case Connect():
            say(response.say, part.says)
            dial = Dial(action=next_url, method="POST", timeout=RING_SECONDS, time_limit=CONNECTED_SECONDS)
            dial.number(part.phone)
            response.append(dial)
        case HangUp():
            say(response.say, part.says)
            response.hangup()
    return str(response)


def silent() -> str:
    """Hang up without a word."""
    response = VoiceResponse()
    response.hangup()
    return str(response)
