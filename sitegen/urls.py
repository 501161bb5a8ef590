from django.urls import path

from . import views

app_name = "sitegen"
urlpatterns = [path("", views.preview, name="preview"), path("<path:path>", views.preview, name="page")]
