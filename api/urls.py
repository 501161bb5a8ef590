from django.urls import include, path
from rest_framework.routers import DefaultRouter

from . import pages
from .views.comments import CommentViewSet
from .views.events import EventsView
from .views.root import RootView, SchemaView
from .views.sprints import SprintViewSet
from .views.tasks import TaskViewSet
from .views.tokens import TokenView
from .views.users import UserViewSet

app_name = "api"

# No format suffixes, because a username may end with ".json". Accept and ?format= choose the format.
router = DefaultRouter(trailing_slash=False, use_regex_path=False)
router.include_format_suffixes = False
router.APIRootView = RootView
router.register("sprints", SprintViewSet)
router.register("tasks", TaskViewSet)
router.register("tasks/<int:task>/comments", CommentViewSet)
router.register("users", UserViewSet)

urlpatterns = [
    path("", include(router.urls)),
    path("schema", SchemaView.as_view(), name="schema"),
    path("docs", pages.docs, name="docs"),
    path("events", EventsView.as_view(), name="events"),
    path("token/", TokenView.as_view(), name="token"),
]
