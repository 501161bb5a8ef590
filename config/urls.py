from django.urls import include, path

urlpatterns = [
    path("", include("board.urls")),
    path("api/", include("api.urls")),
    path("profile/", include("api.page_urls")),
    path("", include("placeholder.urls")),
    path("site/", include("sitegen.urls")),
]
handler400 = "board.problems.bad_request"
handler403 = "board.problems.no_access"
handler404 = "board.problems.not_found"
handler500 = "board.failures.server_error"
