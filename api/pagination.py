from rest_framework.exceptions import ValidationError
from rest_framework.pagination import PageNumberPagination


class Pages(PageNumberPagination):
    """Pages of 25; `page_size` asks for up to 100. Raises `ValidationError` for a size that is none."""

    page_size = 25
    page_size_query_param = "page_size"
    max_page_size = 100

    def get_page_size(self, request):
        size = request.query_params.get(self.page_size_query_param)
        if size and not (size.isdecimal() and size.strip("0")):
            raise ValidationError({self.page_size_query_param: ["A page has 1 to 100 rows."]})
        return super().get_page_size(request)
