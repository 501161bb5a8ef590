"""The authentication schemes."""

from drf_spectacular.extensions import OpenApiAuthenticationExtension
from drf_spectacular.openapi import AutoSchema

from .responses import Node


class BasicScheme(OpenApiAuthenticationExtension):
    target_class = "rest_framework.authentication.BasicAuthentication"
    match_subclasses = True
    name = "basic"

    def get_security_definition(self, auto_schema: AutoSchema) -> Node:
        return {"type": "http", "scheme": "basic", "description": "Username and password."}


class TokenScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.TokenAuthentication"
    name = "token"

    def get_security_definition(self, auto_schema: AutoSchema) -> Node:
        description = "`Authorization: Token lb_…`, for older clients."
        return {"type": "apiKey", "in": "header", "name": "Authorization", "description": description}


class BearerScheme(OpenApiAuthenticationExtension):
    target_class = "api.authentication.BearerAuthentication"
    name = "bearer"

    def get_security_definition(self, auto_schema: AutoSchema) -> Node:
        return {
            "type": "http",
            "scheme": "bearer",
            "description": "The same tokens: `Authorization: Bearer lb_…`.",
        }
