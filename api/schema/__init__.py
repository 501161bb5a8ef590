"""The API as an OpenAPI 3.1 document: what drf-spectacular derives from the views, and what no view says.

Views and serializers define paths, parameters and fields. The tables in texts.py, responses.py and examples.py add the rest.
"""

from . import extensions as extensions  # registers itself with drf-spectacular
from .document import complete, openapi
from .operations import OperationSchema

__all__ = ["OperationSchema", "complete", "openapi"]
