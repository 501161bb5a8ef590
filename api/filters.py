"""Which rows a list shows, and in which order. What a request asks for in vain is a bad request."""

from collections.abc import Container, Iterable, Sequence
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import QueryDict
from django_filters import fields
from django_filters import rest_framework as filters
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend, OrderingFilter, SearchFilter
from rest_framework.request import Request
from rest_framework.settings import api_settings

from board.accounts.usernames import find_user
from board.models import Sprint, Status, Task
from board.text.search import normalize, sort_key

User = get_user_model()
ISO_DATE = ["%Y-%m-%d"]
MOST_WORDS = 20
LONGEST_ID = 18
ORDER_OF_NAMES = {"name": "name_key", "-name": "-name_key"}
# The filters of which one may name several values.
MULTIPLE = {"sprint", "status", "assigned"}

# Rows of whatever model.
type Rows = QuerySet[Any]


def check_query(
    query: QueryDict, known: Container[str], multiple: Container[str] = (), may_be_empty: Container[str] = ()
) -> None:
    """Refuse what a typing error makes of a query, so that none lists everything. Raises `ValidationError`.

    That is a parameter that is not `known`, that has no value, or that comes twice where one value counts.
    """
    errors = {}
    for name, values in query.lists():
        if name not in known:
            errors[name] = ["Unknown parameter."]
        elif "" in values and name not in may_be_empty:
            errors[name] = ["This parameter needs a value."]
        elif len(values) > 1 and name not in multiple:
            errors[name] = ["Use this parameter only once."]
    if errors:
        raise ValidationError(errors)


class KnownParameters(BaseFilterBackend):
    """Checks the query of a list, or of one of its rows."""

    def filter_queryset(self, request: Request, queryset: Rows, view: Any) -> Rows:
        known = known_parameters(view)
        # The form of filters in the browsable API sends all its fields.
        is_page = request.accepted_renderer.format == "api"
        check_query(request.query_params, known, MULTIPLE, known if is_page else {api_settings.SEARCH_PARAM})
        return queryset


def known_parameters(view: Any) -> set[str]:
    """Return the names of the query parameters of a list."""
    return {
        *(view.filterset_class.base_filters if view.filterset_class else ()),
        api_settings.SEARCH_PARAM,
        api_settings.ORDERING_PARAM,
        api_settings.URL_FORMAT_OVERRIDE,
        *view.paginator.query_parameters,
    }


class Filters(filters.DjangoFilterBackend):
    """The view's `filterset_class`, whose form is made only when a request has something to fill in."""

    def filter_queryset(self, request: Request, queryset: Rows, view: Any) -> Rows:
        known = view.filterset_class.base_filters if view.filterset_class else {}
        if known.keys().isdisjoint(request.query_params):
            return queryset
        found: Rows = super().filter_queryset(request, queryset, view)
        return found


class Search(SearchFilter):
    """Finds the rows in which all words of `search` are, whatever their case and accents.

    Raises `ValidationError` for more than a database compares.
    """

    def get_search_terms(self, request: Request) -> list[str]:
        try:
            words = super().get_search_terms(request)
        except ValidationError as error:
            raise ValidationError({self.search_param: error.detail}) from None
        if len(words) > MOST_WORDS:
            raise ValidationError({self.search_param: [f"Search for {MOST_WORDS} words at most."]})
        return [normalize(word) for word in words]

    def filter_queryset(self, request: Request, queryset: Rows, view: Any) -> Rows:
        for word in self.get_search_terms(request):
            queryset = queryset.filter(search_text__contains=word)
        return queryset


class UserSearch(Search):
    """The same in user names: of these there are few, and they have no column to search in."""

    def filter_queryset(self, request: Request, queryset: Rows, view: Any) -> Rows:
        words = self.get_search_terms(request)
        if not words:
            return queryset
        names = [(pk, normalize(name)) for pk, name in queryset.values_list("pk", User.USERNAME_FIELD)]
        return queryset.filter(pk__in=[pk for pk, name in names if all(word in name for word in words)])


class TotalOrdering(OrderingFilter):
    """Orders by the view's `ordering_fields`, equals by id, and refuses other names, and names twice.

    Names are in the order of people: without regard to case and accents.
    """

    def filter_queryset(self, request: Request, queryset: Rows, view: Any) -> Rows:
        # Pages by cursor have an order of their own.
        if view.detail or view.paginator.is_by_cursor(request):
            return queryset
        names = self.get_ordering(request, queryset, view) or ()
        return self.ordered(queryset, [*names, "pk"])

    def ordered(self, queryset: Rows, names: Sequence[str]) -> Rows:
        return queryset.order_by(*(ORDER_OF_NAMES.get(name, name) for name in names))

    def remove_invalid_fields(
        self, queryset: Rows, fields: Iterable[str], view: Any, request: Request
    ) -> list[str]:
        fields = list(fields)
        plain = [name.removeprefix("-") for name in fields]
        unknown = [name for name, field in zip(fields, plain, strict=True) if field not in view.ordering_fields]
        if unknown:
            known = ", ".join(view.ordering_fields)
            raise ValidationError(
                {self.ordering_param: [f"Can't order by “{name}”. Use {known}." for name in unknown]}
            )
        if len(set(plain)) < len(plain):
            raise ValidationError({self.ordering_param: ["Use each field only once."]})
        return fields


class UserOrdering(TotalOrdering):
    """Orders people by user name, as a list: there are few, and their names have no column to order by."""

    def ordered(self, queryset: Rows, names: Sequence[str]) -> Any:
        return sorted(
            queryset, key=lambda person: sort_key(person.get_username()), reverse=names[0].startswith("-")
        )


class TruthField(forms.TypedChoiceField):
    """ "true" or "false", in any case: old clients write True."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", "---------"), ("true", "Yes"), ("false", "No")]
        super().__init__(choices=choices, coerce=lambda value: value == "true", empty_value=None, **kwargs)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).lower()


class TruthFilter(filters.Filter):
    field_class = TruthField


class SprintsField(fields.ModelMultipleChoiceField):
    def clean(self, value: Any) -> Any:
        # SQLite fails on a number that is longer.
        if too_long := [one for one in value or () if len(one) > LONGEST_ID]:
            code = "invalid_choice"
            raise forms.ValidationError(self.error_messages[code], code=code, params={"value": too_long[0]})
        return super().clean(value)


class PeopleField(fields.ModelMultipleChoiceField):
    """People by username, whatever its case."""

    def clean(self, value: Any) -> Any:
        found = {name: find_user(name, self.queryset) for name in value or ()}
        return super().clean([user.get_username() if user else name for name, user in found.items()])


class AnyRowFilter(filters.ModelMultipleChoiceFilter):
    """Finds what refers to any of the rows that are named, whatever field names them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(distinct=False, **kwargs)

    def get_filter_predicate(self, row: Any) -> dict[str, Any]:
        return {self.field_name: row}


class AnySprintFilter(AnyRowFilter):
    field_class = SprintsField


class AnyPersonFilter(AnyRowFilter):
    field_class = PeopleField


class SprintFilter(filters.FilterSet):
    end_min = filters.DateFilter(field_name="end", lookup_expr="gte", input_formats=ISO_DATE)
    end_max = filters.DateFilter(field_name="end", lookup_expr="lte", input_formats=ISO_DATE)

    class Meta:
        model = Sprint
        fields: list[str] = []


class TaskFilter(filters.FilterSet):
    """Several values of one filter find the tasks that have any of them."""

    sprint = AnySprintFilter(queryset=Sprint.objects.order_by("end", "pk"))
    status = filters.MultipleChoiceFilter(choices=Status, distinct=False)
    assigned = AnyPersonFilter(
        queryset=User.objects.order_by(User.USERNAME_FIELD), to_field_name=User.USERNAME_FIELD
    )
    backlog = TruthFilter(field_name="sprint", lookup_expr="isnull", label="Backlog")

    class Meta:
        model = Task
        fields: list[str] = []
