"""Which rows a list shows, and in which order. What a request asks for in vain is a bad request."""

from django import forms
from django.contrib.auth import get_user_model
from django_filters import rest_framework as filters
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend, OrderingFilter, SearchFilter
from rest_framework.settings import api_settings

from board.models import Sprint, Task

User = get_user_model()
ISO_DATE = ["%Y-%m-%d"]
MOST_WORDS = 20


class KnownParameters(BaseFilterBackend):
    """Refuses parameters that the view does not know, so that a typing error does not list everything."""

    def filter_queryset(self, request, queryset, view):
        unknown = [name for name in request.query_params if name not in self._known(view)]
        if unknown:
            raise ValidationError({name: ["There is no such parameter."] for name in unknown})
        return queryset

    def _known(self, view):
        return {
            *(view.filterset_class.base_filters if view.filterset_class else ()),
            api_settings.SEARCH_PARAM,
            api_settings.ORDERING_PARAM,
            api_settings.URL_FORMAT_OVERRIDE,
            view.paginator.page_query_param,
            view.paginator.page_size_query_param,
        }


class Filters(filters.DjangoFilterBackend):
    """The view's `filterset_class`, whose form is made only when a request has something to fill in."""

    def filter_queryset(self, request, queryset, view):
        known = view.filterset_class.base_filters if view.filterset_class else {}
        if known.keys().isdisjoint(request.query_params):
            return queryset
        return super().filter_queryset(request, queryset, view)


class Search(SearchFilter):
    """Finds the rows in which all words of `search` are. Raises `ValidationError` for more than a database compares."""

    def get_search_terms(self, request):
        try:
            words = super().get_search_terms(request)
        except ValidationError as error:
            raise ValidationError({self.search_param: error.detail}) from None
        if len(words) > MOST_WORDS:
            raise ValidationError({self.search_param: [f"Search for {MOST_WORDS} words at most."]})
        return words


class TotalOrdering(OrderingFilter):
    """Orders by the view's `ordering_fields`, equals by id, and refuses other names, and names twice."""

    def get_ordering(self, request, queryset, view):
        return [*super().get_ordering(request, queryset, view), "pk"]

    def remove_invalid_fields(self, queryset, fields, view, request):
        plain = [name.removeprefix("-") for name in fields]
        unknown = [name for name, field in zip(fields, plain, strict=True) if field not in view.ordering_fields]
        if unknown:
            known = ", ".join(view.ordering_fields)
            raise ValidationError(
                {self.ordering_param: [f"Cannot order by “{name}”, only by {known}." for name in unknown]}
            )
        if len(set(plain)) < len(plain):
            raise ValidationError({self.ordering_param: ["Name each field once."]})
        return fields


class TruthField(forms.TypedChoiceField):
    """ "true" or "false", in any case: old clients write True."""

    def __init__(self, **kwargs):
        choices = [("", "---------"), ("true", "Yes"), ("false", "No")]
        super().__init__(choices=choices, coerce=lambda value: value == "true", empty_value=None, **kwargs)

    def to_python(self, value):
        return super().to_python(value).lower()


class TruthFilter(filters.Filter):
    field_class = TruthField


class SprintFilter(filters.FilterSet):
    end_min = filters.DateFilter(field_name="end", lookup_expr="gte", input_formats=ISO_DATE)
    end_max = filters.DateFilter(field_name="end", lookup_expr="lte", input_formats=ISO_DATE)

    class Meta:
        model = Sprint
        fields = []


class TaskFilter(filters.FilterSet):
    assigned = filters.ModelChoiceFilter(
        queryset=User.objects.order_by(User.USERNAME_FIELD), to_field_name=User.USERNAME_FIELD
    )
    backlog = TruthFilter(field_name="sprint", lookup_expr="isnull")

    class Meta:
        model = Task
        fields = ["sprint", "status"]
