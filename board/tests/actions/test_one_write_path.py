"""A scan of the source: only board/actions writes sprints, tasks and events.

The scan knows by name what a call is made on. It takes for a write every call of a writing method of a manager or
a queryset (`.objects`, `.filter(…)`, …), of `super()` or of anything else but a few harmless receivers, and
allows the functions below. So a new write anywhere else fails, and also a harmless call that looks like one,
which then is named here, with its reason.
"""

import ast
import textwrap
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent.parent.parent
WRITES = {
    "abulk_create",
    "abulk_update",
    "acreate",
    "adelete",
    "aget_or_create",
    "asave",
    "aupdate",
    "aupdate_or_create",
    "bulk_create",
    "bulk_update",
    "create",
    "delete",
    "get_or_create",
    "raw",
    "save",
    "save_base",
    "update",
    "update_or_create",
}
SQL = {"execute", "executemany"}
# file: {function: the calls that it may make}
ALLOWED = {
    "board/actions/changes.py": {"save_row": {"row.save"}, "remove_row": {"row.delete"}},
    "board/history/log.py": {
        "write": {"event.save"},
        "next_number": {"cursor.execute"},
        "state": {"cursor.execute"},
        "count_people_change": {"Counter.objects.update"},
    },
    # Adds the derived columns to what the actions save.
    "board/models/search.py": {"save": {"super().save"}},
    "board/actions/ordering.py": {"make_room": {"Task.objects.bulk_update"}},
    # Reads of the database's pragmas and catalogues.
    "board/ops/integrity.py": {"snapshot": {"cursor.execute"}, "_check_storage": {"cursor.execute"}},
    "board/ops/instance_lock.py": {"_others_on_postgres": {"cursor.execute"}},
    # A backup is a complete copy of the database.
    "board/ops/backup.py": {
        "_copy_sqlite": {"to.execute"},
        "_copy_postgres": {"cursor.execute"},
        "_restore_postgres": {"cursor.execute"},
        "_validate_sqlite": {"database.execute"},
        "_migrate_and_check": {"Session.objects.all().delete", "Counter.objects.update"},
    },
    # Tokens and webhooks, not the board.
    "api/models.py": {
        "issue": {"self.save"},
        "record_use": {"type(self).objects.filter(pk=self.pk).update"},
        "revoke": {"self.save"},
        "log_in": {"log_ins.exclude(pk__in=list(newest.values_list('pk', flat=True))).delete"},
        "register": {"self.save"},
        "disable": {"self.save"},
        "enable": {"self.save"},
        "redeliver": {"self.save"},
    },
    "api/webhooks.py": {
        "make_deliveries": {
            "Webhook.objects.filter(pk=webhook.pk, cursor=webhook.cursor).update",
            "Delivery.objects.bulk_create",
        },
        "claim": {"unclaimed.update"},
        "record_attempt": {"row.update"},
        "prune": {"Delivery.objects.filter(created_at__lt=timezone.now() - RETENTION).delete"},
    },
    "api/pages.py": {"delete_webhook": {"webhook.delete"}},
    # Responses to earlier requests, not changes of the board.
    "board/actions/idempotency.py": {
        "_record": {"cursor.execute"},
        "delete_expired": {"IdempotencyRecord.objects.filter(created_at__lt=timezone.now() - LIFETIME).delete"},
    },
    # The actions of accounts.
    "board/accounts/actions.py": {
        "invite": {"user.save"},
        "delete_invitation": {"user.delete"},
        "new_link": {"user.save"},
        "use_link": {"user.save"},
        "change_profile": {"user.save"},
        "set_role": {"user.save"},
        "deactivate": {"user.save"},
        "reactivate": {"user.save"},
        "_set_password": {"user.save"},
        "_save_profile": {"Profile.objects.update_or_create"},
        "_end_sessions": {"Session.objects.filter(pk__in=keys[start:start + 500]).delete"},
    },
    "board/accounts/throttling.py": {
        "_count": {"cursor.execute"},
        "uncount_attempts": {"LoginThrottle.objects.filter(pk__in=keys, count__gt=0).update"},
        "notice_unknown_proxy": {"LoginThrottle.objects.update_or_create"},
        "delete_expired_throttles": {"LoginThrottle.objects.filter(expires_at__lt=timezone.now()).delete"},
    },
    # Reads.
    "board/accounts/backends.py": {"get_user": {"get_user_model().objects.raw"}},
    "board/accounts/sessions.py": {
        "renew": {"self.model.objects.filter(session_key=self.session_key).update"},
        # Reads.
        "_get_session_from_db": {"self.model.objects.raw"},
    },
    # A static file.
    "config/storage.py": {"_bundled": {"self.delete"}},
    # The counter's one row, not a change of the board.
    "board/apps.py": {"ensure_counter": {"counter.objects.using(using).get_or_create"}},
}
# Receivers that are dicts, sets or digests in these files.
DICTS = {
    "api/schema/operations.py": {"parameter"},
    "board/views/boards.py": {"digest"},
}


def sources(root=ROOT):
    for app in ("board", "api", "config"):
        for path in sorted((root / app).rglob("*.py")):
            name = path.relative_to(root).as_posix()
            if "/tests/" not in name and "/migrations/" not in name:
                yield name, path.read_text()


def calls(source):
    """Yield (name of the innermost function or "", node of the called attribute) for every method call."""

    def visit(node, function):
        for child in ast.iter_child_nodes(node):
            inner = child.name if isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) else function
            if isinstance(child, ast.Call) and isinstance(child.func, ast.Attribute):
                yield function, child.func
            yield from visit(child, inner)

    yield from visit(ast.parse(source), "")


def writes(name, source):
    """Return "file:line function: call" of each call that may write and is not allowed."""
    found = []
    for function, called in calls(source):
        if called.attr not in WRITES | SQL:
            continue
        receiver = ast.unparse(called.value)
        if called.attr == "update" and (receiver in DICTS.get(name, ()) or isinstance(called.value, ast.Dict)):
            continue
        if ast.unparse(called) not in ALLOWED.get(name, {}).get(function, ()):
            found.append(f"{name}:{called.lineno} {function}: {ast.unparse(called)}")
    return found


def test_nothing_but_the_actions_writes():
    assert [found for name, source in sources() for found in writes(name, source)] == []


def test_every_exception_is_needed():
    """An unneeded exception would hide a later write with that name."""
    files = dict(sources())
    for name, functions in ALLOWED.items():
        there = {(function, ast.unparse(called)) for function, called in calls(files[name])}
        assert {(function, call) for function, made in functions.items() for call in made} <= there
    for name, receivers in DICTS.items():
        there = {ast.unparse(called.value) for _, called in calls(files[name]) if called.attr == "update"}
        assert receivers <= there


@pytest.mark.parametrize(
    "line",
    [
        "task.save()",
        "form.save()",
        "super().save(*args)",
        "Task.objects.create(name='x')",
        "Task.objects.filter(pk=1).update(name='x')",
        "sprint.task_set.all().delete()",
        "await task.asave()",
        "Sprint.objects.bulk_create([])",
        "tasks.update(order=1)",
        "connection.cursor().execute('DELETE FROM board_task')",
    ],
)
def test_the_scan_finds_a_write(line):
    source = f"async def view(request):\n    {line}\n"
    (found,) = writes("board/views/tasks.py", source)
    assert found.startswith("board/views/tasks.py:2 view: ")


def test_an_exception_applies_only_to_its_function():
    source = textwrap.dedent("""
        def save_row(row):
            row.save()
        def elsewhere(row):
            row.save()
    """)
    assert writes("board/actions/changes.py", source) == ["board/actions/changes.py:5 elsewhere: row.save"]


def test_the_scan_allows_reads():
    assert writes("board/views/tasks.py", "def f():\n    return Task.objects.filter(pk=1).count()\n") == []


def test_only_actions_and_signals_publish():
    publishing = {
        name for name, source in sources() for function, called in calls(source) if called.attr == "publish"
    }
    assert publishing == {"board/actions/changes.py", "board/apps.py"}
