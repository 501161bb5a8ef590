from django.urls import path

from board.views import health

from . import boards, deleted_tasks, exports, lifecycle, reports, sprints, tasks, team, theme, undo

urlpatterns = [
    path("", sprints.home, name="home"),
    path("theme/", theme.theme, name="theme"),
    path("healthz", health.healthz, name="healthz"),
    path("readyz", health.readyz, name="readyz"),
    path("sprints/add/", sprints.add_sprint, name="add_sprint"),
    path("sprints/past/", sprints.past_sprints, name="past_sprints"),
    path("sprints/<id:pk>/", boards.board, name="sprint"),
    path("sprints/<id:pk>/changes/", boards.changes_since, name="changes"),
    path("sprints/<id:pk>/edit/", sprints.edit_sprint, name="edit_sprint"),
    path("sprints/<id:pk>/delete/", sprints.delete_sprint, name="delete_sprint"),
    path("sprints/<id:pk>/start/", lifecycle.start_sprint, name="start_sprint"),
    path("sprints/<id:pk>/close/", lifecycle.close_sprint, name="close_sprint"),
    path("sprints/<id:pk>/reopen/", lifecycle.reopen_sprint, name="reopen_sprint"),
    path("sprints/<id:pk>/report/", reports.report, name="report"),
    path("sprints/<id:pk>/tasks.csv", exports.export_sprint, name="export_sprint"),
    path("sprints/<id:sprint_pk>/tasks/add/", tasks.add_task, name="add_task"),
    path("tasks.csv", exports.export_tasks, name="export_tasks"),
    path("tasks/deleted/", deleted_tasks.deleted_tasks, name="deleted_tasks"),
    path("tasks/<id:pk>/", tasks.task, name="task"),
    path("tasks/<id:pk>/edit/", tasks.edit_task, name="edit_task"),
    path("tasks/<id:pk>/edit/<field>/", tasks.edit_task, name="edit_field"),
    path("tasks/<id:pk>/place/", tasks.place_task, name="place_task"),
    path("tasks/<id:pk>/move/", tasks.move_task, name="move_task"),
    path("tasks/<id:pk>/delete/", tasks.delete_task, name="delete_task"),
    path("tasks/<id:pk>/restore/", deleted_tasks.restore_task, name="restore_task"),
    path("team/", team.team, name="team"),
    path("undo/<id:seq>/", undo.undo, name="undo"),
]
