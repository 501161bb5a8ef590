from django.contrib.auth.decorators import login_not_required
from django.contrib.auth.views import LoginView, LogoutView
from django.urls import path

from . import converters, health, views  # noqa: F401  (converters registers <id:…>)

urlpatterns = [
    path("", views.home, name="home"),
    path("login/", LoginView.as_view(redirect_authenticated_user=True), name="login"),
    # Who is logged out already is where this leads, and after a log-in would come back to what is POST only.
    path("logout/", login_not_required(LogoutView.as_view()), name="logout"),
    path("theme/", views.theme, name="theme"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("sprints/add/", views.add_sprint, name="add_sprint"),
    path("sprints/past/", views.past_sprints, name="past_sprints"),
    path("sprints/<id:pk>/", views.board, name="sprint"),
    path("sprints/<id:pk>/edit/", views.edit_sprint, name="edit_sprint"),
    path("sprints/<id:pk>/delete/", views.delete_sprint, name="delete_sprint"),
    path("sprints/<id:sprint_pk>/tasks/add/", views.add_task, name="add_task"),
    path("tasks/deleted/", views.deleted_tasks, name="deleted_tasks"),
    path("tasks/<id:pk>/", views.task, name="task"),
    path("tasks/<id:pk>/edit/", views.edit_task, name="edit_task"),
    path("tasks/<id:pk>/edit/<field>/", views.edit_task, name="edit_field"),
    path("tasks/<id:pk>/place/", views.place_task, name="place_task"),
    path("tasks/<id:pk>/move/", views.move_task, name="move_task"),
    path("tasks/<id:pk>/delete/", views.delete_task, name="delete_task"),
    path("tasks/<id:pk>/restore/", views.restore_task, name="restore_task"),
    path("undo/<id:seq>/", views.undo, name="undo"),
]
