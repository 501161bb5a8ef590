from django.contrib.staticfiles import apps


class StaticFilesConfig(apps.StaticFilesConfig):
    """Doesn't collect files of packages that no page uses. To compress them takes half a minute."""

    default = False  # not the configuration of the app “config”
    ignore_patterns = [
        *apps.StaticFilesConfig.ignore_patterns,
        # drf_spectacular_sidecar
        "redoc",
        "oauth2-redirect.*",
        "swagger-ui-bundle.js.map",
        "swagger-ui-standalone-preset.*",
        # django_htmx
        "htmax-4.*",
        "htmx-4.*",
    ]
