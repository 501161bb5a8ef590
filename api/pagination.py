import re
from typing import Any, cast

from django.core.paginator import Page
from django.db.models import QuerySet
from rest_framework.exceptions import NotFound, ValidationError
from rest_framework.pagination import Cursor, CursorPagination, PageNumberPagination
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.settings import api_settings
from rest_framework.utils.urls import remove_query_param, replace_query_param

LARGEST_PAGE = 100
PAGING_PARAM = "paging"
PAGE_SIZE_PARAM = "page_size"
ID = re.compile(r"\d{1,18}", re.ASCII)


class PageSize:
    """25 rows a page, or up to 100 with `page_size`. Raises `ValidationError` for an invalid size."""

    page_size: int | None = 25
    page_size_query_param: str | None = PAGE_SIZE_PARAM
    page_size_query_description = "The number of results per page."
    max_page_size: int | None = LARGEST_PAGE

    def get_page_size(self, request: Request) -> int | None:
        size = request.query_params.get(PAGE_SIZE_PARAM)
        if size and not (size.isdecimal() and size.strip("0")):
            raise ValidationError({PAGE_SIZE_PARAM: [f"Use a number from 1 to {LARGEST_PAGE}."]})
        page_size: int | None = super().get_page_size(request)  # type: ignore[misc]  # of the other base class
        return page_size


class CursorPages(PageSize, CursorPagination):
    """Pages that begin after a row instead of an offset, so that added and deleted rows do not shift them."""

    ordering = "pk"

    def get_ordering(self, request: Request, queryset: QuerySet[Any], view: Any) -> tuple[str, ...]:
        return (self.ordering,)

    def decode_cursor(self, request: Request) -> Cursor | None:
        cursor = super().decode_cursor(request)
        if cursor and not ID.fullmatch(str(cursor.position or "")):
            raise NotFound(self.invalid_cursor_message)
        return cursor

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        self.count = queryset.count()
        return super().paginate_queryset(queryset, request, view)

    def get_paginated_response(self, data: Any) -> Response:
        response = super().get_paginated_response(data)
        response.data = {"count": self.count, **response.data}
        first = remove_query_param(self.base_url or "", self.cursor_query_param)
        response["Link"] = link_header(first=first, prev=response.data["previous"], next=response.data["next"])
        return response


class Pages(PageSize, PageNumberPagination):
    """Numbered pages, or `CursorPages` with `paging=cursor`."""

    query_parameters = (
        PageNumberPagination.page_query_param,
        PAGE_SIZE_PARAM,
        PAGING_PARAM,
        CursorPages.cursor_query_param,
    )
    page_query_description = "The number of the page, starting at 1."
    by_cursor: CursorPages | None = None

    def paginate_queryset(self, queryset: Any, request: Request, view: Any = None) -> list[Any] | None:
        if self.is_by_cursor(request):
            self._check_cursor_query(request)
            self.by_cursor = CursorPages()
            rows = self.by_cursor.paginate_queryset(queryset, request, view)
            self.display_page_controls = self.by_cursor.display_page_controls
            return rows
        return super().paginate_queryset(queryset, request, view)

    def is_by_cursor(self, request: Request) -> bool:
        return not {PAGING_PARAM, CursorPages.cursor_query_param}.isdisjoint(request.query_params)

    def _check_cursor_query(self, request: Request) -> None:
        if request.query_params.get(PAGING_PARAM, "cursor") != "cursor":
            raise ValidationError({PAGING_PARAM: ["Use “cursor”."]})
        for name in (self.page_query_param, api_settings.ORDERING_PARAM):
            if request.query_params.get(name):
                raise ValidationError({name: ["Pages by cursor are always ordered by id."]})

    def get_paginated_response(self, data: Any) -> Response:
        if self.by_cursor:
            return self.by_cursor.get_paginated_response(data)
        response = super().get_paginated_response(data)
        here = cast(Request, self.request).build_absolute_uri()
        response["Link"] = link_header(
            first=remove_query_param(here, self.page_query_param),
            prev=response.data["previous"],
            next=response.data["next"],
            last=replace_query_param(
                here, self.page_query_param, cast("Page[Any]", self.page).paginator.num_pages
            ),
        )
        return response

    def to_html(self) -> str:
        return self.by_cursor.to_html() if self.by_cursor else super().to_html()

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        page, page_size = super().get_schema_operation_parameters(view)
        page["schema"]["minimum"] = 1
        page_size["schema"] |= {"minimum": 1, "maximum": self.max_page_size, "default": self.page_size}
        paging = {
            "name": PAGING_PARAM,
            "in": "query",
            "description": "`cursor` for pages ordered by id, which skip nothing when rows are deleted meanwhile.",
            "schema": {"enum": ["cursor"]},
        }
        cursor = {
            "name": CursorPages.cursor_query_param,
            "in": "query",
            "description": "The position of a page with `paging=cursor`. Follow `next` instead of setting it.",
            "schema": {"type": "string"},
        }
        return [page, page_size, paging, cursor]


def link_header(**links: str | None) -> str:
    """Return a Link header (RFC 8288) for URLs by relation. None is left out."""
    return ", ".join(f'<{url}>; rel="{relation}"' for relation, url in links.items() if url)
