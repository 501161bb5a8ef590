"""Filters, search and ordering of lists. Unknown or invalid query parameters are errors."""

from collections.abc import Container, Iterable, Sequence
from datetime import datetime
from typing import Any

from django import forms
from django.contrib.auth import get_user_model
from django.db.models import QuerySet
from django.http import QueryDict
from django_filters import fields
from django_filters import rest_framework as filters
from drf_spectacular.utils import extend_schema_field
from rest_framework.exceptions import ValidationError
from rest_framework.filters import BaseFilterBackend, OrderingFilter, SearchFilter
from rest_framework.request import Request
from rest_framework.settings import api_settings

from board.accounts.usernames import find_user
from board.models import Comment, Sprint, SprintState, Status, Task
from board.models.fields import validate_day
from board.models.sprint import SprintQuerySet
from board.models.team import HIGHEST_POINTS
from board.text.search import normalize, sort_key

User = get_user_model()
ISO_DATE = ["%Y-%m-%d"]
MAX_SEARCH_WORDS = 20
LONGEST_ID = 18
ORDERING_COLUMNS = {"name": "name_key", "-name": "-name_key"}
# Filters that may be repeated.
MULTIPLE = {"sprint", "status", "assigned", "author", "state", "points"}
NO_POINTS = "none"

# Rows of any model.
type Rows = QuerySet[Any]


def check_query(
    query: QueryDict, known: Container[str], multiple: Container[str] = (), may_be_empty: Container[str] = ()
) -> None:
    """Validate the names of query parameters, so that a typing error does not list everything.

    Raises `ValidationError` for parameters that are not `known`, have no value, or are repeated but not in `multiple`.
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
    """Validates the query parameters of a list or of one row."""

    def filter_queryset(self, request: Request, queryset: Rows, view: Any) -> Rows:
        known = known_parameters(view)
        # The filter form of the browsable API sends empty fields, too.
        is_page = request.accepted_renderer.format == "api"
        check_query(request.query_params, known, MULTIPLE, known if is_page else {api_settings.SEARCH_PARAM})
        return queryset


def known_parameters(view: Any) -> set[str]:
    """Return the names of the query parameters of a list."""
    return {
        *(view.filterset_class.base_filters if view.filterset_class else ()),
        *(backend.search_param for backend in view.filter_backends if issubclass(backend, SearchFilter)),
        api_settings.ORDERING_PARAM,
        api_settings.URL_FORMAT_OVERRIDE,
        *view.paginator.query_parameters,
    }


class Filters(filters.DjangoFilterBackend):
    """django-filter's backend, which builds its form only if the request has filters."""

    def filter_queryset(self, request: Request, queryset: Rows, view: Any) -> Rows:
        known = view.filterset_class.base_filters if view.filterset_class else {}
        if known.keys().isdisjoint(request.query_params):
            return queryset
        found: Rows = super().filter_queryset(request, queryset, view)
        return found


class Search(SearchFilter):
    """Finds rows that contain all words of `search`, ignoring case and accents.

    Raises `ValidationError` for too many words.
    """

    def get_search_terms(self, request: Request) -> list[str]:
        try:
            words = super().get_search_terms(request)
        except ValidationError as error:
            raise ValidationError({self.search_param: error.detail}) from None
        if len(words) > MAX_SEARCH_WORDS:
            raise ValidationError({self.search_param: [f"Search for {MAX_SEARCH_WORDS} words at most."]})
        return [normalize(word) for word in words]

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        (search,) = super().get_schema_operation_parameters(view)
        return [{**search, "description": f"Words to find in {' or '.join(view.search_fields)}."}]

    def filter_queryset(self, request: Request, queryset: Rows, view: Any) -> Rows:
        for word in self.get_search_terms(request):
            queryset = queryset.filter(search_text__contains=word)
        return queryset


class UserSearch(Search):
    """Searches usernames in Python: there are few users, and they have no column to search in."""

    def filter_queryset(self, request: Request, queryset: Rows, view: Any) -> Rows:
        words = self.get_search_terms(request)
        if not words:
            return queryset
        names = [(pk, normalize(name)) for pk, name in queryset.values_list("pk", User.USERNAME_FIELD)]
        return queryset.filter(pk__in=[pk for pk, name in names if all(word in name for word in words)])


class TotalOrdering(OrderingFilter):
    """Orders by the view's `ordering_fields`, then by id. Rejects unknown and repeated fields.

    The order of names ignores case and accents.
    """

    def filter_queryset(self, request: Request, queryset: Rows, view: Any) -> Rows:
        # Cursor pagination has its own order.
        if view.detail or view.paginator.is_by_cursor(request):
            return queryset
        names = self.get_ordering(request, queryset, view) or ()
        return self.apply_ordering(queryset, [*names, "pk"])

    def apply_ordering(self, queryset: Rows, names: Sequence[str]) -> Rows:
        return queryset.order_by(*(ORDERING_COLUMNS.get(name, name) for name in names))

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

    def get_schema_operation_parameters(self, view: Any) -> list[dict[str, Any]]:
        (ordering,) = super().get_schema_operation_parameters(view)
        fields = ", ".join(f"`{field}`" for field in view.ordering_fields)
        text = f"Comma-separated fields: {fields}. `-` before a field reverses its order."
        return [{**ordering, "description": text}]


class UserOrdering(TotalOrdering):
    """Orders users by username in Python: there are few, and they have no column to order by."""

    def apply_ordering(self, queryset: Rows, names: Sequence[str]) -> Any:
        return sorted(
            queryset, key=lambda person: sort_key(person.get_username()), reverse=names[0].startswith("-")
        )


class TrueFalseField(forms.TypedChoiceField):
    """ "true" or "false", in any case: old clients send True."""

    def __init__(self, **kwargs: Any) -> None:
        choices = [("", "---------"), ("true", "Yes"), ("false", "No")]
        super().__init__(choices=choices, coerce=lambda value: value == "true", empty_value=None, **kwargs)

    def to_python(self, value: Any) -> str:
        return str(super().to_python(value)).lower()


class TrueFalseFilter(filters.Filter):
    field_class = TrueFalseField


class SprintsField(fields.ModelMultipleChoiceField):
    def clean(self, value: Any) -> Any:
        # SQLite raises an error for longer numbers.
        if too_long := [one for one in value or () if len(one) > LONGEST_ID]:
            code = "invalid_choice"
            raise forms.ValidationError(self.error_messages[code], code=code, params={"value": too_long[0]})
        return super().clean(value)


class PeopleField(fields.ModelMultipleChoiceField):
    """Users by username, ignoring case."""

    def clean(self, value: Any) -> Any:
        found = {name: find_user(name, self.queryset) for name in value or ()}
        return super().clean([user.get_username() if user else name for name, user in found.items()])


class AnyRowFilter(filters.ModelMultipleChoiceFilter):
    """Finds rows that refer to any of the given rows."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(distinct=False, **kwargs)

    def get_filter_predicate(self, row: Any) -> dict[str, Any]:
        return {self.field_name: row}


class AnySprintFilter(AnyRowFilter):
    field_class = SprintsField


class AnyPersonFilter(AnyRowFilter):
    field_class = PeopleField


class PointsField(fields.MultipleChoiceField):
    """Numbers of points, and "none"."""

    def valid_value(self, value: str) -> bool:
        return value == NO_POINTS or (
            value.isascii() and value.isdecimal() and len(value) <= len(str(HIGHEST_POINTS))
        )


class PointsFilter(filters.MultipleChoiceFilter):
    field_class = PointsField


class SprintFilter(filters.FilterSet):
    end_min = filters.DateFilter(
        field_name="end", lookup_expr="gte", input_formats=ISO_DATE, help_text="The earliest end date."
    )
    end_max = filters.DateFilter(
        field_name="end", lookup_expr="lte", input_formats=ISO_DATE, help_text="The latest end date."
    )

    state = filters.MultipleChoiceFilter(
        choices=[(state.value, state.label) for state in SprintState],
        method="filter_state",
        help_text="Sprints in any of these states.",
    )

    class Meta:
        model = Sprint
        fields: list[str] = []

    def filter_state(self, sprints: SprintQuerySet, name: str, states: list[str]) -> SprintQuerySet:
        return sprints.in_state(*states) if states else sprints


class TaskFilter(filters.FilterSet):
    """Repeated filters find the tasks that match any of the values."""

    sprint = AnySprintFilter(
        queryset=Sprint.objects.order_by("end", "pk"), help_text="Tasks in any of the sprints with these ids."
    )
    status = filters.MultipleChoiceFilter(
        choices=Status,
        distinct=False,
        help_text="Tasks with any of these statuses: 1 Not Started, 2 In Progress, 3 Testing, 4 Done.",
    )
    assigned = AnyPersonFilter(
        queryset=User.objects.order_by(User.USERNAME_FIELD),
        to_field_name=User.USERNAME_FIELD,
        help_text="Tasks assigned to any of these usernames.",
    )
    points = extend_schema_field(
        {
            "type": "array",
            "items": {"type": "string"},
            "description": "Tasks with any of these points; `none` for tasks without points.",
        }
    )(PointsFilter(distinct=False, null_value=NO_POINTS, label="Points"))
    backlog = extend_schema_field(
        {
            "enum": ["true", "false"],
            "description": "`true` for tasks in the backlog, `false` for tasks in a sprint.",
        }
    )(TrueFalseFilter(field_name="sprint", lookup_expr="isnull", label="Backlog"))

    class Meta:
        model = Task
        fields: list[str] = []


def validate_moment(moment: datetime) -> None:
    """Reject moments that databases can't convert to UTC, such as the first hour of the year 1."""
    validate_day(moment.date())


class CommentFilter(filters.FilterSet):
    """A repeated `author` finds the comments of any of these people."""

    author = AnyPersonFilter(
        queryset=User.objects.order_by(User.USERNAME_FIELD),
        to_field_name=User.USERNAME_FIELD,
        help_text="Comments by any of these usernames.",
    )
    since = filters.IsoDateTimeFilter(
        field_name="created_at",
        lookup_expr="gte",
        validators=[validate_moment],
        help_text="Comments written at this time or later, in ISO 8601. Without an offset, it is in the team's time zone.",
    )

    class Meta:
        model = Comment
        fields: list[str] = []
