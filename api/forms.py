"""Forms for new tokens and webhooks."""

from contextlib import suppress
from datetime import timedelta
from typing import TYPE_CHECKING, Any, cast
from urllib.parse import urlsplit

from django import forms
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from board.accounts.forms import OldPasswordField, validate_old_password
from board.models.fields import OneLineField

from .models import KINDS, Token, Webhook
from .ssrf import ForbiddenAddress, validate_address

MAX_WEBHOOKS = 10

if TYPE_CHECKING:
    # Generic in the stubs only.
    TokenModelForm = forms.ModelForm[Token]
    WebhookModelForm = forms.ModelForm[Webhook]
else:
    TokenModelForm = WebhookModelForm = forms.ModelForm


class TokenForm(TokenModelForm):
    """Creates a token. One that never expires requires the password."""

    days = forms.TypedChoiceField(
        label=_("Expiration"),
        choices=[(30, _("30 days")), (90, _("90 days")), (365, _("1 year")), ("", _("Never expires"))],
        coerce=int,
        empty_value=None,
        required=False,
        initial=90,
    )
    password = OldPasswordField(label=_("Current password (only for a token that never expires)"), required=False)

    class Meta:
        model = Token
        fields = ["name", "scope"]
        field_classes = {"name": OneLineField}
        labels = {"name": _("Name"), "scope": _("Access")}

    def __init__(self, request: HttpRequest, data: Any = None, **kwargs: Any) -> None:
        super().__init__(data, instance=Token(owner=cast(User, request.user)), **kwargs)
        self.request = request

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        password = data.pop("password", "")
        if data.get("days", 0) is None:
            try:
                validate_old_password(self.request, password)
            except ValidationError as error:
                self.add_error("password", error)
        return data

    def issue(self) -> str:
        """Save the token and return its key. Raises `ValidationError`, see `Token.issue`."""
        days = self.cleaned_data["days"]
        self.instance.expires_at = days and timezone.now() + timedelta(days=days)
        return self.instance.issue()


class WebhookForm(WebhookModelForm):
    """Creates a webhook."""

    kinds = forms.MultipleChoiceField(label=_("Events"), choices=KINDS, widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Webhook
        fields = ["url", "kinds"]
        labels = {"url": _("URL")}
        widgets = {"url": forms.URLInput({"placeholder": "https://example.org/hooks/lightboard"})}

    def __init__(self, owner: User, site: str, data: Any = None, **kwargs: Any) -> None:
        """`site` is the URL of the board, like "https://board.example.org"."""
        super().__init__(data, instance=Webhook(owner=owner, site=site, kinds=list(KINDS)), **kwargs)

    def clean_url(self) -> str:
        url: str = self.cleaned_data["url"]
        parts = urlsplit(url)
        try:
            parts.port  # noqa: B018
        except ValueError:
            raise ValidationError(gettext("Enter a port between 1 and 65535.")) from None
        if parts.username is not None:
            raise ValidationError(
                gettext("The URL can't contain a username or password. Check the signature instead.")
            )
        try:
            # A host name is resolved and validated before each delivery.
            with suppress(ValueError):
                validate_address(parts.hostname or "")
        except ForbiddenAddress as error:
            raise ValidationError(str(error)) from None
        return url

    def clean(self) -> dict[str, Any] | None:
        if Webhook.objects.filter(owner=self.instance.owner).count() >= MAX_WEBHOOKS:
            text = gettext("You have reached the limit of %(count)s webhooks. Delete one you don't need.")
            raise ValidationError(text % {"count": MAX_WEBHOOKS})
        return super().clean()

    def register(self) -> str:
        """Save the webhook and return its secret."""
        return self.instance.register()
