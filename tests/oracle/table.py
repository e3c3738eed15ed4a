"""The ids of the published table of rules, by the pack that holds them, and of the stops; a proposal and a draft deny nothing."""

FEDERAL = {
    "US.REGF.HOURS",
    "US.REGF.FREQ7",
    "US.REGF.COOL7",
    "US.REGF.OPTOUT",
    "US.REGF.MEDIA",
    "US.REGF.WRONGNO",
    "US.REGF.ATTY",
    "US.REGF.DISPUTE",
    "US.REGF.CEASE",
    "US.REGF.DECEASED",
    "US.BK.STAY",
    "US.TCPA.REVOKEALL",
}
CHINA = {
    "CN.HOURS.GBT",
    "CN.HOURS.CBA",
    "CN.FREQ.GBT.CALL3",
    "CN.FREQ.CBA.DIAL6",
    "CN.VISIT.CBA.22",
    "CN.THIRD.CBA.3",
    "CN.THIRD.GBT",
}
AUSTRALIA = {
    "AU.HOURS.TEL.WD",
    "AU.HOURS.TEL.WE",
    "AU.HOURS.F2F",
    "AU.HOURS.WORK",
    "AU.HOLIDAY",
    "AU.FREQ3W",
    "AU.FREQ10M",
}
OF_PACK: dict[str, set[str]] = {
    "US": FEDERAL,
    "US-NYC": {"US-NYC.FREQ2", "US-NYC.SHIELD.FREQ3", "US-NYC.SHIELD.DISPUTE"},
    "US-MA": {"US-MA.FREQ2.HOME", "US-MA.FREQ2.ELSEWHERE", "US-MA.VISIT1"},
    "US-WA": {"US-WA.HOURS", "US-WA.FREQ3", "US-WA.WORK1"},
    "US-DC": {"US-DC.CALL4", "US-DC.EMSG5", "US-DC.EMSG1.ASK", "US-DC.VISIT0"},
    "US-FL": {"US-FL.HOURS"},
    "US-WV": {"US-WV.HOURS", "US-WV.CALL30", "US-WV.CONV10"},
    "US-NV": {"US-NV.MED60"},
    "US-NY": set(),
    "CN": CHINA,
    "GB-EAW": {"GB-EAW.BREATHE60", "GB-EAW.MHCM30"},
    "TW": {"TW.HOURS"},
    "IN": {"IN.HOURS", "IN.HOURS.MFI"},
    "PH": {"PH.HOURS"},
    "AU": AUSTRALIA,
}
"""What can deny."""
NEVER_DENY = {"US-NY.DFS.PROPOSED", "IN.DRAFT2026"}
RULES = frozenset().union(*OF_PACK.values(), NEVER_DENY)
