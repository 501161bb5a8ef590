from django.urls import include, path

urlpatterns = [
    path("", include("board.accounts.urls")),
    path("", include("board.views.urls")),
    path("api/", include("api.urls")),
    path("profile/", include("api.page_urls")),
    path("", include("placeholder.urls")),
    path("site/", include("sitegen.urls")),
]
handler400 = "board.views.error_views.bad_request"
handler403 = "board.views.error_views.no_access"
handler404 = "board.views.error_views.not_found"
handler500 = "board.views.error_views.server_error"
