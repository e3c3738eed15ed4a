"""The manifest of `templates/sms`, as data: which texts there are, in which languages, and what they ask of a route."""

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

from forbear.errors import BadData


@dataclass(frozen=True, slots=True)
class Approved:
    """A wording as one provider holds it in one language: its code there, and its values in their order."""

    code: str
    params: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class TextTemplate:
    """One entry of the manifest.

    Attributes:
        link: the text carries a web address.
        debt_content: the text speaks of a debt.
        providers: provider to language to the wording approved there.
    """

    name: str
    version: str
    languages: tuple[str, ...]
    values: frozenset[str]
    max_segments: int
    link: bool
    debt_content: bool
    providers: Mapping[str, Mapping[str, Approved]]

    def spoken(self, language: str) -> str:
        """The language a person is written to in: theirs, its nearest ('zh-CN' to 'zh-Hans'), else the first."""
        nearest = [known for known in self.languages if _main(known) == _main(language)]
        return language if language in self.languages else next(iter(nearest), self.languages[0])

    def approved(self, provider: str, language: str) -> Approved | None:
        return self.providers.get(provider, {}).get(language)


@dataclass(frozen=True, slots=True)
class Manifest:
    """The whole file. `longest` stands in for each value, `signatures` is the longest signature per provider."""

    templates: Mapping[str, TextTemplate]
    longest: dict[str, str]
    signatures: Mapping[str, int]
    debt_words: Mapping[str, tuple[str, ...]]

    @classmethod
    def read(cls, path: Path) -> Self:
        """Read and check the file.

        Raises:
            BadData: an entry lacks something, or contradicts itself.
        """
        try:
            raw = tomllib.loads(path.read_text("utf-8"))
        except tomllib.TOMLDecodeError as error:
            raise BadData(path, None, f"not TOML: {error}") from None
        signatures = {name: int(size) for name, size in raw.get("signature", {}).items()}
        templates = {name: _template(path, name, table) for name, table in raw["sms"].items()}
        _check_codes(path, templates, signatures)
        return cls(
            templates=templates,
            longest={key: "W" * int(size) for key, size in raw["limits"].items()},
            signatures=signatures,
            debt_words={language: tuple(words) for language, words in raw.get("debt_words", {}).items()},
        )


def _template(path: Path, name: str, table: dict[str, Any]) -> TextTemplate:
    try:
        template = TextTemplate(
            name=name,
            version=str(table["version"]),
            languages=tuple(table["languages"]),
            values=frozenset(table["values"]),
            max_segments=int(table["max_segments"]),
            link=bool(table["link"]),
            debt_content=bool(table["debt_content"]),
            providers={provider: _approved(given) for provider, given in table.get("provider", {}).items()},
        )
    except KeyError as missing:
        raise BadData(path, None, f"[sms.{name}] needs {missing}") from None
    if template.link != ("link" in template.values):
        raise BadData(path, None, f"[sms.{name}] says link = {str(template.link).lower()}, its values say otherwise")
    for provider, wordings in template.providers.items():
        for wording in wordings.values():
            if frozenset(wording.params) != template.values or len(wording.params) != len(template.values):
                raise BadData(path, None, f"[sms.{name}.provider.{provider}] params are not the template's values")
    return template


def _approved(table: dict[str, Any]) -> dict[str, Approved]:
    return {language: Approved(str(code), tuple(table["params"])) for language, code in table["code"].items()}


def _check_codes(path: Path, templates: Mapping[str, TextTemplate], signatures: Mapping[str, int]) -> None:
    """A code is one wording: used twice, a person would be sent other words than were recorded."""
    seen: dict[tuple[str, str], str] = {}
    for template in templates.values():
        for provider, wordings in template.providers.items():
            if provider not in signatures:
                raise BadData(path, None, f"[signature] needs {provider!r}, the longest signature it puts in front")
            for language, wording in wordings.items():
                here = f"{template.name} ({language})"
                if (other := seen.setdefault((provider, wording.code), here)) != here:
                    raise BadData(path, None, f"{provider} knows {wording.code} as {other}, and not as {here} too")


def _main(language: str) -> str:
    return language.partition("-")[0].lower()
