"""Forms for accounts."""

from typing import TYPE_CHECKING, Any, cast
from zoneinfo import available_timezones

from django import forms
from django.conf import settings
from django.contrib.auth import authenticate, get_user_model
from django.contrib.auth.forms import AuthenticationForm, SetPasswordForm, UsernameField
from django.contrib.auth.models import User
from django.core.exceptions import ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from board.models import Profile
from board.models.fields import BLANK, OneLineField, is_visible

from . import throttling
from .actions import NAME_LENGTH
from .users import Role, UserRequest, has_tokens, profile_of

if TYPE_CHECKING:
    # The stubs make these classes generic, which they are not at run time.
    UserPasswordForm = SetPasswordForm[User]
    UserModelForm = forms.ModelForm[User]
else:
    UserPasswordForm, UserModelForm = SetPasswordForm, forms.ModelForm


class LogInForm(AuthenticationForm):
    """A log-in form. `refusal` is set if the password was not checked."""

    refusal: throttling.LoginRefused | None = None

    def clean(self) -> dict[str, Any]:
        try:
            return super().clean()
        except throttling.LoginRefused as refusal:
            self.refusal = refusal
            raise ValidationError(str(refusal)) from None


class DisplayNameField(OneLineField):
    """The display name, with whitespace collapsed."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(label=_("Your name"), max_length=NAME_LENGTH, **kwargs)
        self.widget.attrs["autocomplete"] = "name"

    def to_python(self, value: Any) -> str:
        return " ".join(super().to_python(value).split())


class PasswordForm(UserPasswordForm):
    """A new password, and whether to revoke tokens if there are any. The form only validates."""

    revoke_tokens = forms.BooleanField(label=_("Also revoke my API tokens"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not has_tokens(self.user):
            del self.fields["revoke_tokens"]
        self.fields["new_password1"].label = gettext("New password")
        self.fields["new_password2"].label = gettext("Confirm new password")
        for field in self.fields.values():
            field.help_text = ""
            field.widget.attrs.pop("autofocus", None)


class WelcomeForm(PasswordForm):
    """The display name and password of an invited user."""

    name = DisplayNameField()
    field_order = ["name"]


class OldPasswordField(forms.CharField):
    def __init__(self, **kwargs: Any) -> None:
        widget = forms.PasswordInput({"autocomplete": "current-password"})
        super().__init__(strip=False, widget=widget, **kwargs)


def validate_old_password(request: HttpRequest, password: str) -> None:
    """Raise `ValidationError` unless this is the user's password. A wrong one counts as a failed log-in."""
    try:
        known = authenticate(request, username=request.user.get_username(), password=password)
    except throttling.LoginRefused as refusal:
        raise ValidationError(str(refusal)) from None
    if known is None:
        raise ValidationError(gettext("That password is incorrect."))


class ChangePasswordForm(PasswordForm):
    old_password = OldPasswordField(label=_("Current password"))
    field_order = ["old_password"]

    def __init__(self, request: UserRequest, *args: Any, **kwargs: Any) -> None:
        super().__init__(request.user, *args, **kwargs)
        self.request = request

    def clean_old_password(self) -> None:
        validate_old_password(self.request, self.cleaned_data["old_password"])


class ProfileForm(forms.Form):
    """The user's profile. Changing the email requires the password, because password links are sent to it."""

    name = DisplayNameField(required=False)
    time_zone = forms.ChoiceField(label=_("Time zone"), required=False)
    language = forms.ChoiceField(label=_("Language"), required=False)
    email = forms.EmailField(
        label=_("Email"), required=False, max_length=254, widget=forms.EmailInput({"autocomplete": "email"})
    )
    password = OldPasswordField(label=_("Current password (only to change the email)"), required=False)
    mails = forms.ChoiceField(label=_("Notifications by email"), required=False, choices=Profile.Mails)
    mail_hour = forms.TypedChoiceField(
        label=_("Time of the daily email"),
        required=False,
        coerce=int,
        choices=[(hour, f"{hour:02}:00") for hour in range(24)],
    )

    def __init__(self, request: UserRequest, data: Any = None, **kwargs: Any) -> None:
        user, profile = request.user, profile_of(request.user)
        initial = {
            "name": user.get_full_name(),
            "email": user.email,
            "time_zone": profile.time_zone,
            "language": profile.language,
            "mails": profile.mails,
            "mail_hour": profile.mail_hour,
        }
        super().__init__(data, initial=initial, **kwargs)
        self.request = request
        zones, languages = (cast(forms.ChoiceField, self.fields[name]) for name in ("time_zone", "language"))
        zones.choices = [
            ("", gettext("Team default (%(zone)s)") % {"zone": settings.TIME_ZONE}),
            *((zone, zone.replace("_", " ")) for zone in sorted(available_timezones())),
        ]
        languages.choices = [("", gettext("Same as browser")), *settings.LANGUAGES]
        if not settings.SENDS_MAIL:
            del self.fields["mails"], self.fields["mail_hour"]

    def clean(self) -> dict[str, Any]:
        data = super().clean() or {}
        password = data.pop("password", "")
        # Left out of the form, they stay as they are.
        data = {name: value for name, value in data.items() if value != "" or name not in ("mails", "mail_hour")}
        if "email" in data and data["email"] != self.request.user.email:
            try:
                validate_old_password(self.request, password)
            except ValidationError as error:
                self.add_error("password", error)
        return data


class ForgottenForm(forms.Form):
    who = forms.CharField(
        label=_("Username or email"), max_length=254, widget=forms.TextInput({"autocomplete": "username"})
    )


class InviteForm(UserModelForm):
    """An invitation. `actions.invite` validates the username further."""

    role = forms.ChoiceField(label=_("Role"), choices=Role)

    class Meta:
        model = get_user_model()
        fields = ["username", "email"]
        field_classes = {"username": UsernameField}
        labels = {"email": _("Email")}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["username"].widget.attrs = {"autocomplete": "off", "autocapitalize": "none"}
        self.fields["username"].help_text = ""

    def clean_username(self) -> str:
        username: str = self.cleaned_data["username"]
        # Hangul fillers are letters in Unicode, so the username validator accepts them.
        if not is_visible(username):
            raise ValidationError(BLANK)
        return username

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])


class RoleForm(forms.Form):
    role = forms.ChoiceField(label=_("Role"), choices=Role)

    def clean_role(self) -> Role:
        return Role(self.cleaned_data["role"])
