from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination
from rest_framework.utils.urls import remove_query_param, replace_query_param

LARGEST_PAGE = 100


class Pages(PageNumberPagination):
    """Pages of 25; `page_size` asks for up to 100. Raises `ValidationError` for a size that is none."""

    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = LARGEST_PAGE

    def get_page_size(self, request):
        size = request.query_params.get(self.page_size_query_param)
        if size and not (size.isdecimal() and size.strip("0")):
            raise ValidationError({self.page_size_query_param: [f"A page has 1 to {LARGEST_PAGE} rows."]})
        return super().get_page_size(request)

    def get_paginated_response(self, data):
        response = super().get_paginated_response(data)
        here = self.request.build_absolute_uri()
        response["Link"] = link_header(
            first=remove_query_param(here, self.page_query_param),
            prev=response.data["previous"],
            next=response.data["next"],
            last=replace_query_param(here, self.page_query_param, self.page.paginator.num_pages),
        )
        return response


def link_header(**links):
    """Return the header (RFC 8288) of links by their relation: first, prev, next, last; None is left out."""
    return ", ".join(f'<{url}>; rel="{relation}"' for relation, url in links.items() if url)
