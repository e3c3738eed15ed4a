"""The addresses that stand in messages already sent and at providers: one that disappears breaks what is out there."""

from fastapi.routing import APIRoute

from forbear.api.hooks import carrier, payment_events
from forbear.api.hooks.routes import DIRECT
from forbear.api.pages import act_routes, pay_routes, routes

ROUTERS = (
    routes.assets, routes.pages, act_routes.router, pay_routes.router, routes.strays, carrier.router,
    payment_events.router,
)  # fmt: skip

PAGES = """
GET  /p/assets/page.css
GET  /p/{token}
GET  /p/{token}/account
GET  /p/{token}/dispute
GET  /p/{token}/done/dispute
GET  /p/{token}/done/hardship
GET  /p/{token}/done/promise
GET  /p/{token}/hardship
GET  /p/{token}/identity
GET  /p/{token}/paid
GET  /p/{token}/pay
GET  /p/{token}/promise
GET  /p/{token}/stop
GET  /p/{token}/stopped
GET  /p/{token}/thanks
GET  /p/{token}/wrong-person
GET  /p/{rest:path}
POST /p/{rest:path}
POST /p/{token}/dispute
POST /p/{token}/hardship
POST /p/{token}/identity
POST /p/{token}/pay
POST /p/{token}/promise
POST /p/{token}/stop
POST /p/{token}/wrong-person
"""
HOOKS = """
POST /hooks/stripe
POST /hooks/twilio/inbound
POST /hooks/twilio/message-status
"""


def addresses(table: str) -> set[tuple[str, str]]:
    return {(line.split()[0], line.split()[1]) for line in table.strip().splitlines()}


def test_every_address_is_still_there() -> None:
    known = [*DIRECT, *(route for router in ROUTERS for route in router.routes if isinstance(route, APIRoute))]
    assert {(method, route.path) for route in known for method in route.methods or ()} == addresses(PAGES) | addresses(
        HOOKS
    )
