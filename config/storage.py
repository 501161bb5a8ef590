from whitenoise.storage import CompressedManifestStaticFilesStorage


class HashedStaticFiles(CompressedManifestStaticFilesStorage):
    """Static files under names that carry their hash, in the imports of JavaScript modules too."""

    support_js_module_import_aggregation = True
