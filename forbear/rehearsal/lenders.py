"""The lenders of the rehearsal, made up, of one tenant: New York credit union, Beijing bank, London lender of loans.

They know nothing of each other. What binds them together is whoever owes money to two of them.
"""

from dataclasses import dataclass, field
from pathlib import Path
from zoneinfo import ZoneInfo

from forbear.ledger.addresses import PostalAddress
from forbear.ports.post import PostService

EXAMPLES = Path(__file__).parents[2] / "examples"


@dataclass(frozen=True, slots=True, eq=False)
class Creditor:
    """One lender as the operator adds it, and how it works.

    `sender` is the number its texts come from, or the signature it has registered with a domestic carrier.
    """

    name: str
    country: str
    currency: str
    phone: str
    sender: str
    zone: ZoneInfo
    export: Path
    mail: PostalAddress
    """Where its letters come back to."""
    mail_service: PostService
    """How they travel."""
    shown: dict[str, str] = field(default_factory=dict[str, str])
    """What a report in a language calls it, where that is not its name."""
    encoding: str = "utf-8"
    """Of the export."""
    sends_file: bool = False
    """Whether it hands its export over as it is; otherwise it enrols account by account."""

    def named(self, language: str) -> str:
        return self.shown.get(language, self.name)


UNION = Creditor(
    name="Harbor Example Credit Union",
    country="US",
    currency="USD",
    phone="+12125550198",
    sender="+12125550199",
    zone=ZoneInfo("America/New_York"),
    export=EXAMPLES / "portfolio.csv",
    mail=PostalAddress(lines=["1 Specimen Plaza"], city="Exampleton", region="NY", postal_code="10001", country="US"),
    mail_service="plain",
    shown={"zh-Hans": "港湾示例信用社"},
)
BANK = Creditor(
    name="示例储蓄银行",
    country="CN",
    currency="CNY",
    phone="+861000000000",
    sender="示例储蓄",
    zone=ZoneInfo("Asia/Shanghai"),
    export=EXAMPLES / "portfolio-cn.csv",
    mail=PostalAddress(lines=["示例大道1号"], city="示例市", region="北京市", postal_code="100000", country="CN"),
    mail_service="registered",
    shown={"en": "Example Savings Bank (示例储蓄银行)"},
    encoding="gb18030",
    sends_file=True,
)
ENGLISH = Creditor(
    name="Larkspur Example Finance",
    country="GB",
    currency="GBP",
    phone="+442079460123",
    sender="+447700900999",
    zone=ZoneInfo("Europe/London"),
    export=EXAMPLES / "portfolio-gb.csv",
    mail=PostalAddress(lines=["1 Specimen Court"], city="Exampleford", postal_code="ZZ99 1AA", country="GB"),
    mail_service="plain",
    shown={"zh-Hans": "云雀示例金融"},
)
LENDERS = (UNION, BANK, ENGLISH)
