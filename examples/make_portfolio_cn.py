"""Writes `portfolio-cn.csv`: the overdue loans of a made-up Chinese savings bank, as its core system exports them.

Chinese headers and values, GB18030, instants with +08:00. Nobody in it exists: names are counting words (甲一, 乙二 …),
places are called 示例市 or 虚构县, identity numbers begin with a region that was never given out. China keeps no range
of telephone numbers for fiction, so all lie in one block that reads as made up, +86 199 0000 00xx, and the lender's own
in an area's numbers that begin with 0, which are nobody's. Use the file against a sandbox only.

Three of its people also owe money to the lender of `portfolio.csv`: they have the name and birth date of that export.
The same seed gives the same file, byte for byte. Run it as `.venv/bin/python examples/make_portfolio_cn.py`.
"""
# ruff: noqa: INP001, S311, SIM905  a script beside its output, with seeded randomness and lists kept readable as text

import csv
import random
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

SEED = 20261027
TARGET = Path(__file__).with_name("portfolio-cn.csv")
OTHER_LENDERS = Path(__file__).with_name("portfolio.csv")
ENCODING = "gb18030"
BEIJING = ZoneInfo("Asia/Shanghai")
START = datetime(2026, 10, 26, 18, 0, tzinfo=BEIJING)
LENDER = "示例储蓄银行"
ACCOUNTS, SHARED, SECOND_LOANS = 60, 3, 3
GUARANTEED, COUNTER_GUARANTEED, WITH_CONTACT = 12, 5, 4
LATE_FOR_GUARANTORS = (58, 118)
ENTRUSTED_EVERY, LATE_ENTRUSTED = 5, (1, 4)
"""One loan in so many is an entrusted one under a guarantee, which the bank calls about and visits from the first day;
they have just fallen due."""

OWN = (
    "姓名 出生日期 身份证号 语言 适用法域 国家 手机号 电话类型 电话时区 地址 城市 省份 地址时区 "
    "短信同意时间 短信同意方式 短信同意对象 短信退订时间 近期联系记录"
).split()
FURTHER = "姓名 出生日期 身份证号 手机号 电话时区 短信同意时间 短信同意方式 短信同意对象".split()
COLUMNS = [
    *"借据号 产品名称 债务类型 策略 币种 逾期起始日 本金 利息 罚息 费用 余额时点".split(),
    *(f"借款人{name}" for name in OWN[:3]),
    *OWN[3:],
    *(f"{role}{name}" for role in ("担保人", "反担保人") for name in FURTHER),
    *(f"联系人{name}" for name in FURTHER[:1] + FURTHER[3:4]),
]

STEMS, NUMBERS = "甲乙丙丁戊己庚辛壬癸", "一二三四五六七八九十"
PROVINCES = "四川省 广东省 浙江省 云南省 黑龙江省 陕西省 湖北省 内蒙古自治区 北京市 上海市".split()
XINJIANG = "新疆维吾尔自治区"
CITIES, STREETS = "示例市 虚构市 样例县 虚构县".split(), "样例路 示例大道 虚构街 模拟巷".split()


@dataclass(frozen=True)
class Product:
    name: str
    kind: str
    share: int
    least: int
    most: int


PRODUCTS = (
    Product("示例消费贷", "消费贷款", 22, 1_800, 26_000),
    Product("示例信用卡", "信用卡", 20, 600, 9_500),
    Product("示例装修贷", "个人贷款", 10, 6_000, 68_000),
    Product("示例小微贷", "小额贷款", 8, 3_000, 30_000),
)


@dataclass(frozen=True)
class Trouble:
    """Which people the file tells too little or too much about, by their place in the list."""

    xinjiang: frozenset[int]
    english: frozenset[int]
    no_consent: frozenset[int]
    no_place: frozenset[int]
    opted_out: frozenset[int]
    contacted: frozenset[int]
    old_balance: frozenset[int]
    no_balance_date: frozenset[int]
    foreign_number_only: frozenset[int]
    in_los_angeles: frozenset[int]
    in_singapore: frozenset[int]


Row = dict[str, str]


class Numbers:
    """Hands out the block's numbers and the counting-word names, each once."""

    def __init__(self, rng: random.Random) -> None:
        self._phones = iter(range(100))
        names = [stem + number for number in NUMBERS for stem in STEMS]
        rng.shuffle(names)
        self._names = iter(names)

    def phone(self) -> str:
        return f"+861990000{next(self._phones):04d}"

    def name(self) -> str:
        return next(self._names)


def stamp(at: datetime) -> str:
    return at.astimezone(BEIJING).isoformat(timespec="seconds")


def draw_trouble(rng: random.Random, people: int) -> Trouble:
    order = list(range(SHARED, people))
    rng.shuffle(order)
    cut = iter(order)

    def take(count: int) -> frozenset[int]:
        return frozenset(next(cut) for _ in range(count))

    return Trouble(take(7), take(3), take(3), take(2), take(2), take(5), take(3), take(1), take(1), take(1), take(1))


def draw_people(rng: random.Random, numbers: Numbers, people: int, trouble: Trouble) -> list[Row]:
    """One row of personal columns for each borrower; the first ones are people of the other lender too."""
    known = known_elsewhere()
    return [draw_person(rng, numbers, index, trouble, known) for index in range(people)]


def known_elsewhere() -> list[tuple[str, str]]:
    """Name and birth date of people in the other export who have one loan there and a zone that is known."""
    with OTHER_LENDERS.open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    often = [row["borrower_name"] for row in rows]
    fit = [
        row
        for row in rows
        if often.count(row["borrower_name"]) == 1
        and row["state"] == "CA"
        and row["phone_type"] == "mobile"
        and row["sms_consent_at"]
        and not row["opt_out_sms_at"]
        and not row["prior_contacts"]
        and row["phone_zone"] == row["address_zone"]
    ]
    return [(row["borrower_name"], row["borrower_birth_date"]) for row in fit[:SHARED]]


def draw_person(
    rng: random.Random, numbers: Numbers, index: int, trouble: Trouble, known: list[tuple[str, str]]
) -> Row:
    shared = index < SHARED
    born = date.fromordinal(rng.randint(date(1955, 1, 1).toordinal(), date(2003, 1, 1).toordinal())).isoformat()
    name, born = known[index] if shared else (numbers.name(), born)
    row: Row = {
        "姓名": name,
        "出生日期": born,
        "身份证号": "" if shared else identity_number(rng, born),
        "语言": "英文" if shared or index in trouble.english else "中文",
        "手机号": "+12135550199" if index in trouble.foreign_number_only else numbers.phone(),
        "电话类型": "手机",
        "电话时区": "",
    }
    return row | draw_home(rng, index, trouble, abroad=shared) | draw_permissions(rng, index, trouble)


def identity_number(rng: random.Random, born: str) -> str:
    """Of region 000000, which was never given out."""
    return f"000000{born.replace('-', '')}{rng.randint(1, 999):03d}X"


def draw_home(rng: random.Random, index: int, trouble: Trouble, *, abroad: bool) -> Row:
    """Where a person lives: the law of the place binds beside the number's own."""
    if abroad or index in trouble.in_los_angeles:
        home = ("US", "CN US", "CA", "Sampleville", f"{rng.randint(1, 99)} Prototype Avenue", "America/Los_Angeles")
    elif index in trouble.in_singapore:
        home = ("SG", "CN SG", "", "Sampleport", f"{rng.randint(1, 99)} Specimen Street", "Asia/Singapore")
    elif index in trouble.no_place:
        home = ("", "", "", "", "", "")
    else:
        street = f"{rng.choice(STREETS)}{rng.randint(1, 399)}号"
        far_west = index in trouble.xinjiang
        province = XINJIANG if far_west else rng.choice(PROVINCES)
        home = ("CN", "", province, rng.choice(CITIES), street, "Asia/Urumqi" if far_west else "Asia/Shanghai")
    return dict(zip(("国家", "适用法域", "省份", "城市", "地址", "地址时区"), home, strict=True))


def draw_permissions(rng: random.Random, index: int, trouble: Trouble) -> Row:
    out = START - timedelta(days=rng.randint(3, 60), minutes=rng.randint(0, 600))
    permissions = draw_consent(rng) if index not in trouble.no_consent else {}
    permissions["短信退订时间"] = stamp(out) if index in trouble.opted_out else ""
    permissions["近期联系记录"] = draw_contacts(rng) if index in trouble.contacted else ""
    return permissions


def draw_consent(rng: random.Random) -> Row:
    given = START - timedelta(days=rng.randint(90, 900), minutes=rng.randint(0, 600))
    how = rng.choice(("借款合同第12条", "手机银行开户时勾选", "网点签署的授权书"))
    return {"短信同意时间": stamp(given), "短信同意方式": how, "短信同意对象": LENDER}


def draw_contacts(rng: random.Random) -> str:
    """What the bank itself tried in the last weeks, oldest first."""
    made: list[tuple[datetime, str]] = []
    for _ in range(rng.randint(1, 2)):
        day = (START - timedelta(days=rng.choice((1, 2, 3, 4, 5, 6, 9, 14)))).date()
        what = rng.choice(("call|no_answer", "call|connected", "sms|delivered"))
        made.append((datetime.combine(day, time(rng.randint(9, 20), rng.randint(0, 59)), BEIJING), what))
    return ";".join(f"{stamp(at)}|{what}" for at, what in sorted(made))


def draw_further(rng: random.Random, numbers: Numbers, role: str, borrowers: list[Row]) -> Row:
    """A guarantor or counter-guarantor; now and then one who has a loan of their own."""
    if borrowers:
        person = {name: borrowers[0][name] for name in ("姓名", "出生日期", "身份证号", "手机号")}
    else:
        born = date.fromordinal(rng.randint(date(1955, 1, 1).toordinal(), date(1995, 1, 1).toordinal())).isoformat()
        person = {"姓名": numbers.name(), "出生日期": born, "身份证号": identity_number(rng, born)}
        person["手机号"] = numbers.phone()
    told = person | {"电话时区": "Asia/Shanghai"} | draw_consent(rng)
    return {f"{role}{name}": value for name, value in told.items()}


def draw_debt(rng: random.Random, product: Product, person: int, trouble: Trouble, *, guaranteed: bool) -> Row:
    early = rng.choice((*range(3, 31), *range(3, 31), *range(31, 62)))
    late = rng.randint(*LATE_FOR_GUARANTORS) if guaranteed else early
    principal = rng.randint(product.least * 100, product.most * 100)
    as_of = datetime.combine((START - timedelta(days=1)).date(), time(23, 30), BEIJING)
    if person in trouble.old_balance:
        as_of -= timedelta(days=rng.randint(5, 9))
    return {
        "产品名称": product.name,
        "债务类型": product.kind,
        "策略": "cn-consumer",
        "币种": "人民币",
        "逾期起始日": (START.date() - timedelta(days=late)).isoformat(),
        "本金": yuan(principal),
        "利息": yuan(round(principal * 0.0004 * late)),
        "罚息": yuan(round(principal * 0.0002 * late)),
        "费用": "0.00",
        "余额时点": "" if person in trouble.no_balance_date else stamp(as_of),
    }


def yuan(amount: int) -> str:
    return f"{amount // 100}.{amount % 100:02d}"


def make() -> list[Row]:
    """All rows, in the order of their loan numbers."""
    rng = random.Random(SEED)
    numbers = Numbers(rng)
    people = ACCOUNTS - SECOND_LOANS
    trouble = draw_trouble(rng, people)
    borrowers = draw_people(rng, numbers, people, trouble)
    ordinary = [index for index in range(SHARED, people) if borrowers[index]["适用法域"] == ""]
    owners = list(range(people)) + ordinary[:SECOND_LOANS]
    products = [product for product in PRODUCTS for _ in range(product.share)]
    rng.shuffle(products)
    guaranteed = set(ordinary[-GUARANTEED:])
    rows = [
        columns(borrowers[owner]) | draw_debt(rng, product, owner, trouble, guaranteed=owner in guaranteed)
        for owner, product in zip(owners, products, strict=True)
    ]
    add_others(rng, numbers, rows, sorted(guaranteed), borrowers[ordinary[0]])
    for further in rows[people:]:
        further["近期联系记录"] = ""  # a contact is reported once, with the loan it was about
    rng.shuffle(rows)
    entrust(rows)
    numbered = sorted(rng.sample(range(100_000, 999_999), len(rows)))
    return [row | {"借据号": f"SLCX-2026-{number}"} for number, row in zip(numbered, rows, strict=True)]


def entrust(rows: list[Row]) -> None:
    """Turn some ordinary loans of people at home into entrusted ones under a guarantee. Draws nothing."""
    fit = [row for row in rows if row["国家"] == "CN" and row["语言"] == "中文" and not row.get("担保人姓名")]
    for place, row in enumerate(fit[::ENTRUSTED_EVERY]):
        late = LATE_ENTRUSTED[place % len(LATE_ENTRUSTED)]
        row["产品名称"], row["债务类型"], row["策略"] = "示例委托贷", "个人贷款", "cn-guaranteed-loan"
        row["逾期起始日"] = (START.date() - timedelta(days=late)).isoformat()


def columns(person: Row) -> Row:
    """A borrower's cells under the headers of the file."""
    return {f"借款人{name}" if name in OWN[:3] else name: value for name, value in person.items()}


def add_others(rng: random.Random, numbers: Numbers, rows: list[Row], places: list[int], debtor: Row) -> None:
    """Guarantors, who answer for them, and contacts who answer for nothing."""
    for order, place in enumerate(places):
        rows[place] |= draw_further(rng, numbers, "担保人", [debtor] if order == 0 else [])
        if order < COUNTER_GUARANTEED:
            rows[place] |= draw_further(rng, numbers, "反担保人", [])
    for place in range(SHARED, SHARED + WITH_CONTACT):
        rows[place] |= {"联系人姓名": numbers.name(), "联系人手机号": numbers.phone()}


def main() -> None:
    with TARGET.open("w", encoding=ENCODING, newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, restval="", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(make())


if __name__ == "__main__":
    main()
