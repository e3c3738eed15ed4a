"""All pages of visits, in the order in which their addresses are tried: fixed ones before those with an id."""

from fastapi import APIRouter

from forbear.api.staff import visits_board, visits_door, visits_files

router = APIRouter()
for each in (visits_files.assets, visits_files.feeds, visits_files.router, visits_board.router, visits_door.router):
    router.include_router(each)
