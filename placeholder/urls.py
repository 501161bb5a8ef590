from django.urls import path, register_converter

from placeholder import views


class AnythingConverter:
    """Any characters, line ends included. The view validates them."""

    regex = r"[\s\S]+"

    def to_python(self, value: str) -> str:
        return value

    def to_url(self, value: str) -> str:
        return value


register_converter(AnythingConverter, "anything")

app_name = "placeholder"
urlpatterns = [
    path("image/avatar/<str:name>.svg", views.avatar, name="avatar"),
    path("image/<anything:address>", views.image, name="image"),
    path("placeholder/", views.home, name="home"),
]
