from django.conf import settings
from django.urls import include, path

urlpatterns = [
    *(path("", include(f"{app}.urls")) for app in settings.INSTALLED_APPS if app == "placeholder"),
    path("", include("sitegen.urls")),
]
