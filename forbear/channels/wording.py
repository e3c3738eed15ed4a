"""Words on the way out: renders the templates of `templates/sms`, checked against their manifest at start-up.

A template that names an unknown value, grows beyond its segments or speaks of a debt where its route may not is refused
before the first message, with its file and the reason; what the law says of words is checked by `forbear.wording`. Some
providers hold the approved wording themselves: for those a template also says under which code, and what our rendering
is then good for is its digest, its price and the provider's registration.
"""

import hashlib
import re
from collections.abc import Mapping
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, meta

from forbear.channels.segments import segments
from forbear.channels.sms_manifest import Approved, Manifest, TextTemplate
from forbear.errors import BadData, BadInput
from forbear.ports.sms import Worded

FOLDER = Path(__file__).parents[2] / "templates" / "sms"


class SmsWording:
    """Implements `forbear.ports.sms.Wording`."""

    def __init__(self, folder: Path = FOLDER) -> None:
        """Load and check every template.

        Raises:
            BadData: a template and its manifest disagree.
        """
        self._folder = folder
        # No markup here: a text message with `&amp;` in it would be wrong.
        self._jinja = Environment(loader=FileSystemLoader(folder), undefined=StrictUndefined, autoescape=False)  # noqa: S701  see above
        self._manifest = Manifest.read(folder / "manifest.toml")
        for template in self._manifest.templates.values():
            for language in template.languages:
                self._check(template, language)

    @property
    def names(self) -> frozenset[str]:
        """Every template a playbook may name."""
        return frozenset(self._manifest.templates)

    @property
    def approving(self) -> frozenset[str]:
        """The providers that send approved wording only, and hold it themselves."""
        return frozenset(self._manifest.signatures)

    @property
    def costs(self) -> Mapping[str, int]:
        """The most segments of each template."""
        return {name: template.max_segments for name, template in self._manifest.templates.items()}

    def template(self, name: str) -> TextTemplate:
        """What the manifest says of a template.

        Raises:
            BadInput: the manifest does not have it.
        """
        known = self._manifest.templates.get(name)
        if known is None:
            raise BadInput("template", f"{name!r} is not in the manifest", "Add it to templates/sms/manifest.toml")
        return known

    def sms(self, template: str, language: str, values: dict[str, str]) -> Worded:
        """Render a template. What a provider puts in front is counted at its longest, and not part of the digest."""
        known = self.template(template)
        try:
            given = {key: values[key] for key in known.values}
        except KeyError as missing:
            raise BadInput("values", f"{missing} is missing for template {template!r}", "Give every value") from None
        body = self._render(known, known.spoken(language), given)
        return Worded(
            body=body,
            segments=segments(self._in_front(known) + body),
            sha256=hashlib.sha256(body.encode()).hexdigest(),
        )

    def approved(self, template: str, language: str, provider: str) -> Approved:
        """Under which code, and with which values in which order, a provider holds a template's wording.

        Raises:
            BadInput: the provider has no approved wording for it.
        """
        known = self.template(template)
        found = known.approved(provider, known.spoken(language))
        if found is None:
            raise BadInput(
                "template",
                f"{template!r} has no approved wording at {provider}",
                f"Register it there, and put its code under [sms.{template}.provider.{provider}]",
            )
        return found

    def registered(self, provider: str) -> dict[str, str]:
        """Every wording a provider holds, by code, with `${value}` where a value stands: what one registers there."""
        return {
            approved.code: self._render(template, language, {key: f"${{{key}}}" for key in template.values})
            for template in self._manifest.templates.values()
            for language in template.languages
            if (approved := template.approved(provider, language)) is not None
        }

    def _render(self, template: TextTemplate, language: str, values: dict[str, str]) -> str:
        return self._jinja.get_template(f"{language}/{template.name}.txt").render(values)

    def _in_front(self, template: TextTemplate) -> str:
        """The longest signature that a provider of this template may put before the text."""
        longest = max((self._manifest.signatures[name] for name in template.providers), default=0)
        return f"【{'签' * longest}】" if longest else ""

    def _check(self, template: TextTemplate, language: str) -> None:
        path = self._folder / language / f"{template.name}.txt"
        try:
            source = path.read_text("utf-8")
            named = meta.find_undeclared_variables(self._jinja.parse(source))
        except (OSError, TemplateError) as error:
            raise BadData(path, None, f"cannot be read: {type(error).__name__}") from None
        if frozenset(named) != template.values:
            raise BadData(path, 1, f"uses {sorted(named)}, the manifest says {sorted(template.values)}")
        self._check_words(template, language, source, path)
        cost = self.sms(template.name, language, self._manifest.longest).segments
        if cost > template.max_segments:
            raise BadData(path, 1, f"costs {cost} segments with the longest values, at most {template.max_segments}")

    def _check_words(self, template: TextTemplate, language: str, source: str, path: Path) -> None:
        spoken = [word for word in self._manifest.debt_words.get(language, ()) if _says(source.lower(), word)]
        if spoken and not template.debt_content:
            raise BadData(path, 1, f"speaks of a debt ({', '.join(spoken)}), the manifest says debt_content = false")


def _says(text: str, word: str) -> bool:
    """Whether a text has a word: at the start of one where blanks part words, anywhere where they do not."""
    return re.search(rf"\b{re.escape(word)}", text) is not None if word.isascii() else word in text
