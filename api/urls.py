from django.urls import include, path
from rest_framework.routers import DefaultRouter

from . import pages, views

app_name = "api"

# No format suffixes: ".json" may be the end of a user name. Accept and ?format= choose a format.
router = DefaultRouter(trailing_slash=False, use_regex_path=False)
router.include_format_suffixes = False
router.APIRootView = views.RootView
router.register("sprints", views.SprintViewSet)
router.register("tasks", views.TaskViewSet)
router.register("users", views.UserViewSet)

urlpatterns = [
    path("", include(router.urls)),
    path("schema", views.SchemaView.as_view(), name="schema"),
    path("docs", pages.docs, name="docs"),
    path("events", views.EventsView.as_view(), name="events"),
    path("token/", views.TokenView.as_view(), name="token"),
]
