"""What a balance is made of, and the order in which a payment is taken off it.

The order is the usual one of loan contracts and of the civil codes: the costs of pursuing the debt, then fees, then
interest in the order of its severity, then the principal.
"""

from typing import Final, Literal, get_args

Component = Literal["principal", "interest", "penalty_interest", "compound_interest", "fee", "cost"]
COMPONENTS: Final[tuple[Component, ...]] = get_args(Component)
ALLOCATION_ORDER: Final[tuple[Component, ...]] = (
    "cost",
    "fee",
    "penalty_interest",
    "compound_interest",
    "interest",
    "principal",
)
NAMED: Final[dict[str, Component]] = {component: component for component in COMPONENTS}
"""A component by its name as a table has it."""
