"""The menu, its words and its documents as one value, for the composition root. Implements `ports.talks.Voice`."""

from forbear.channels.voice import menu, twiml, words
from forbear.errors import BadInput
from forbear.ports.talks import Heard, Standing, TalkFacts, Turn


class Speaking:
    def begin(self, facts: TalkFacts) -> Turn:
        return menu.begin(facts)

    def message(self, facts: TalkFacts) -> Turn:
        return menu.message(facts)

    def silence(self) -> Turn:
        return menu.silence()

    def next_step(self, facts: TalkFacts, standing: Standing, heard: Heard, number: int) -> Turn:
        return menu.next_step(facts, standing, heard, number)

    def can_tell(self, disclosures: tuple[str, ...]) -> bool:
        return menu.can_tell(disclosures)

    def render(self, turn: Turn, facts: TalkFacts, *, next_url: str, recording_url: str, script: str) -> str:
        return twiml.render(turn, facts, next_url=next_url, recording_url=recording_url, script=script)

    def silent(self) -> str:
        return twiml.silent()

    def check(self, script: str, disclosures: tuple[str, ...]) -> None:
        """Refuse, before anybody is rung, a call in which not all could be said.

        Raises:
            BadInput: there is no such script, or it lacks a disclosure that the permit asks for.
        """
        words.sentences(script, words.ENGLISH)
        if not self.can_tell(disclosures):
            raise BadInput(
                "disclosures", "are not all in the script", "Write them into templates/calls, or call in person"
            )
