"""A small paper of its own in a folder, for tests that spoil one thing of it."""

from pathlib import Path

PAPER = """
id = "test.note"
jurisdiction = "*"
version = 3
sheet = ""
signer = "creditor"
approval = "operator"
channels = ["letter"]
parties = ["borrower"]
carries = ["sender_identity"]
legal_basis = ["an example [M]"]
valid_from = 2026-01-01
valid_to = 2027-01-01
reviewer = ""
balance = "any"

[title]
en = "A note"

[field.contract_no]
label = { en = "Contract number" }
type = "text"
required = true
most = 12

[field.secured]
label = { en = "Is it secured?" }
type = "yes_no"

[field.security]
label = { en = "Security" }
type = "choice"
choices = ["mortgage", "pledge"]
when = "secured"

[field.pledge_no]
label = { en = "Number of the pledge" }
type = "text"
when = "security=pledge"

[field.payments]
label = { en = "Payments" }
type = "rows"
most = 40

[field.payments.row.day]
label = { en = "Day" }
type = "date"
required = true

[field.payments.row.amount]
label = { en = "Amount" }
type = "money"
required = true
"""
TEMPLATE = """{% extends "frame.html" %}
{% import "parts.html" as parts with context %}
{% block letter %}<h1>{{ title }}</h1>
<p>Dear {{ name }}, contract {{ field.contract_no }}.</p>
{% if field.payments %}<table><thead><tr><th>Day</th><th class="sum">Amount</th></tr></thead><tbody>
{% for row in field.payments %}<tr><th>{{ row.day | day }}</th><td>{{ row.amount | money }}</td></tr>{% endfor %}
</tbody></table>{% endif %}
{{ parts.prescribed(slot.rights) }}{% endblock %}
"""
WORDS = "You may ask for a copy.\n\nIt costs nothing."
SHA256 = "{sha256}"
WORDING = """
[slot.rights]
source = "Example Act, s. 1"
read = true
label.en = "your rights"
text.en = "You may ask for a copy.\\n\\nIt costs nothing."
sha256.en = "{sha256}"
"""
EMPTY = """
[slot.rights]
source = "Example Act, s. 1"
read = false
label.en = "your rights"
"""


def write(folder: Path, *, wording: str = EMPTY, paper: str = PAPER, template: str = TEMPLATE) -> Path:
    """Write the paper into a folder of letters; returns its own folder."""
    home = folder / "test-note"
    home.mkdir(parents=True)
    (home / "paper.toml").write_text(paper, "utf-8")
    (home / "en.html").write_text(template, "utf-8")
    (home / "wording.toml").write_text(wording, "utf-8")
    return home
