"""The shop that makes packets: from a packet that was asked for to its sealed files, or to what it lacks."""

from forbear.contracts.cases import PacketOrder, PacketOutcome
from forbear.ledger.engine import Ledger
from forbear.ports.packets import Binder


class PacketShopHere:
    """Implements `ports.cases.PacketShop` on this installation's record."""

    def __init__(self, ledger: Ledger, binder: Binder) -> None:
        self._ledger, self._binder = ledger, binder

    def make(self, order: PacketOrder) -> PacketOutcome:
        raise NotImplementedError
