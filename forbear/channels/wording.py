"""Words on the way out: renders the templates of `templates/sms`, checked against their manifest at start-up.

A template that names an unknown value, grows beyond its segments or leaves out the way to opt out is refused before
the first message, with its file and the reason.
"""

import hashlib
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, TemplateError, meta

from forbear.channels.segments import segments
from forbear.errors import BadData, BadInput
from forbear.ports.sms import Worded

FOLDER = Path(__file__).parents[2] / "templates" / "sms"
OPT_OUT_WORDS = {"en": "STOP"}
"""What every text of a language must offer."""


@dataclass(frozen=True, slots=True)
class TextTemplate:
    """One entry of the manifest."""

    name: str
    version: str
    languages: tuple[str, ...]
    values: frozenset[str]
    max_segments: int


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
        manifest = folder / "manifest.toml"
        raw = tomllib.loads(manifest.read_text("utf-8"))
        self._longest = {key: "W" * int(size) for key, size in raw["limits"].items()}
        self._templates = {name: _read(manifest, name, table) for name, table in raw["sms"].items()}
        for template in self._templates.values():
            for language in template.languages:
                self._check(template, language)

    @property
    def names(self) -> frozenset[str]:
        """Every template a playbook may name."""
        return frozenset(self._templates)

    def sms(self, template: str, language: str, values: dict[str, str]) -> Worded:
        known = self._templates.get(template)
        if known is None:
            raise BadInput("template", f"{template!r} is not in the manifest", "Add it to templates/sms/manifest.toml")
        spoken = language if language in known.languages else known.languages[0]
        try:
            body = self._jinja.get_template(f"{spoken}/{template}.txt").render(
                {key: values[key] for key in known.values}
            )
        except KeyError as missing:
            raise BadInput("values", f"{missing} is missing for template {template!r}", "Give every value") from None
        return Worded(body=body, segments=segments(body), sha256=hashlib.sha256(body.encode()).hexdigest())

    def _check(self, template: TextTemplate, language: str) -> None:
        path = self._folder / language / f"{template.name}.txt"
        try:
            source = path.read_text("utf-8")
            named = meta.find_undeclared_variables(self._jinja.parse(source))
        except (OSError, TemplateError) as error:
            raise BadData(path, None, f"cannot be read: {type(error).__name__}") from None
        if frozenset(named) != template.values:
            raise BadData(path, 1, f"uses {sorted(named)}, the manifest says {sorted(template.values)}")
        if OPT_OUT_WORDS[language] not in source:
            raise BadData(path, 1, f"does not say how to opt out ({OPT_OUT_WORDS[language]})")
        cost = self.sms(template.name, language, self._longest).segments
        if cost > template.max_segments:
            raise BadData(path, 1, f"costs {cost} segments with the longest values, at most {template.max_segments}")


def _read(manifest: Path, name: str, table: dict[str, Any]) -> TextTemplate:
    try:
        return TextTemplate(
            name=name,
            version=str(table["version"]),
            languages=tuple(table["languages"]),
            values=frozenset(table["values"]),
            max_segments=int(table["max_segments"]),
        )
    except KeyError as missing:
        raise BadData(manifest, None, f"[sms.{name}] needs {missing}") from None
