"""The API as an OpenAPI 3.1 document: what drf-spectacular derives from the views, and what no view says.

Views, filters and serializers define paths, parameters, fields and their descriptions. The tables in responses.py and
examples.py add what operations share.
"""

from . import extensions as extensions  # registers itself with drf-spectacular
from .document import complete, openapi
from .operations import OperationSchema

__all__ = ["OperationSchema", "complete", "openapi"]
