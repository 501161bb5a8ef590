from django.contrib.auth.decorators import login_not_required
from django.urls import path

from . import converters, health, people, views  # noqa: F401  (converters registers <id:…>)

urlpatterns = [
    path("", views.home, name="home"),
    path("login/", people.LogIn.as_view(), name="login"),
    # Who is logged out already is where this leads, and after a log-in would come back to what is POST only.
    path("logout/", login_not_required(people.LogOut.as_view()), name="logout"),
    path("password/", people.forgot_password, name="forgot_password"),
    path("welcome/<str:token>/", people.welcome, name="welcome"),
    path("profile/", people.profile, name="profile"),
    path("profile/password/", people.change_password, name="change_password"),
    path("profile/sign-out/", people.sign_out, name="sign_out"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<id:pk>/", people.person, name="person"),
    path("people/<id:pk>/link/", people.make_link, name="make_link"),
    path("people/<id:pk>/delete/", people.delete_invitation, name="delete_invitation"),
    path("people/<id:pk>/deactivate/", people.deactivate, name="deactivate"),
    path("people/<id:pk>/reactivate/", people.reactivate, name="reactivate"),
    path("theme/", views.theme, name="theme"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("sprints/add/", views.add_sprint, name="add_sprint"),
    path("sprints/past/", views.past_sprints, name="past_sprints"),
    path("sprints/<id:pk>/", views.board, name="sprint"),
    path("sprints/<id:pk>/changes/", views.changes_since, name="changes"),
    path("sprints/<id:pk>/edit/", views.edit_sprint, name="edit_sprint"),
    path("sprints/<id:pk>/delete/", views.delete_sprint, name="delete_sprint"),
    path("sprints/<id:pk>/tasks.csv", views.export_sprint, name="export_sprint"),
    path("sprints/<id:sprint_pk>/tasks/add/", views.add_task, name="add_task"),
    path("tasks.csv", views.export_tasks, name="export_tasks"),
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
