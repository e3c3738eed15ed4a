"""The limit of callbacks: an endpoint that reads what it is sent and inserts one row, with the API's own pool.

Served like the API, by `uvicorn --factory benchmarks.one_row:create_app`.
"""

from typing import Annotated

from fastapi import Depends, FastAPI, Request, Response
from sqlalchemy import text

from forbear.api.app import CONNECTIONS
from forbear.ledger.engine import make_engine
from forbear.settings import Settings

TABLE = "bench_row"
MAKE = (
    f"CREATE TABLE {TABLE} (id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, said text)",
    f"GRANT INSERT ON {TABLE} TO forbear_api",
)
INSERT = text(f"INSERT INTO {TABLE} (said) VALUES (:said)")  # noqa: S608  our own name


def create_app() -> FastAPI:
    engine = make_engine(Settings().database_url_for("api"), pool=CONNECTIONS)
    app = FastAPI()

    async def body(request: Request) -> str:
        return (await request.body()).decode()

    @app.post("/row", status_code=204)
    def take(said: Annotated[str, Depends(body)]) -> Response:
        with engine.begin() as connection:
            connection.execute(INSERT, {"said": said})
        return Response(status_code=204)

    @app.get("/healthz")
    def healthz() -> Response:
        with engine.begin():
            return Response()

    return app
