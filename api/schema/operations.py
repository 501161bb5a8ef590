from typing import Any

from drf_spectacular.openapi import AutoSchema

from .responses import ERRORS, Node, ref

RESOURCES = {"sprints", "tasks", "users"}
UNSAFE = {"POST", "PUT", "PATCH", "DELETE"}
# Actions beside those of REST framework, which accept `If-Match` and an `Idempotency-Key`.
OWN_ACTIONS = {"move", "start", "close", "reopen"}
WITH_BODY = {"POST", "PUT", "PATCH"}


class OperationSchema(AutoSchema):
    """Describes the headers and error responses of an operation."""

    def get_operation(self, *args: Any) -> Node | None:
        operation = super().get_operation(*args)
        if operation is None:
            return None
        self._add_headers(operation)
        for status in sorted(self._errors()):
            operation["responses"][str(status)] = {"$ref": f"#/components/responses/{ERRORS[status][0]}"}
        return operation

    @property
    def _collection(self) -> str:
        return self.path.removeprefix("/api/").split("/")[0]

    @property
    def _action(self) -> str | None:
        return getattr(self.view, "action", None)

    @property
    def _is_resource(self) -> bool:
        return self._collection in RESOURCES

    @property
    def _is_idempotent(self) -> bool:
        """Whether the operation accepts an `Idempotency-Key`."""
        return self._action in {"create", *OWN_ACTIONS}

    def _add_headers(self, operation: Node) -> None:
        sent = operation.pop("parameters", [])
        has_tag = self._is_resource or self._collection in ("events", "schema", "")
        if has_tag and self.method == "GET":
            sent.append(ref("parameters", "IfNoneMatch"))
            operation["responses"]["304"] = ref("responses", "NotModified")
        if self._action in {"update", "partial_update", "destroy", *OWN_ACTIONS}:
            sent.append(ref("parameters", "IfMatch"))
        if self._is_idempotent:
            sent.append(ref("parameters", "IdempotencyKey"))
        if sent:
            operation["parameters"] = sent
        for status, text in {"200": "Success.", "201": "Created."}.items():
            if response := operation["responses"].get(status):
                response["description"] = text
                names = ["ETag"] * has_tag + ["Location"] * (status == "201")
                names += ["Link"] * (self._action == "list" or self._collection == "events")
                if names:
                    response["headers"] = {name: ref("headers", name) for name in names}

    def _errors(self) -> set[int]:
        """Return the statuses of the error responses, which are keys of `ERRORS`."""
        errors = {406, 429, 503}
        if self.view.authentication_classes:
            errors |= {401}
        if self.method in UNSAFE:
            errors |= {507}
        if self.method in UNSAFE and self.view.authentication_classes:
            errors |= {403, 409}
        if self.method in WITH_BODY:
            errors |= {400, 413, 415}
        if self._action in ("list", "destroy") or self._collection == "events":
            errors |= {400}
        if "{" in self.path:
            errors |= {404}
        if self._action in {"update", "partial_update", "destroy", *OWN_ACTIONS}:
            errors |= {412}
        if self._is_idempotent:
            errors |= {422}
        if self._collection == "events":
            errors |= {410}
        return errors
