from django.contrib.auth.decorators import login_not_required
from django.urls import path

from .views import login, people, profile

urlpatterns = [
    path("login/", login.LogIn.as_view(), name="login"),
    # No log-in required, so that a user who is already logged out is not sent to the log-in page.
    path("logout/", login_not_required(login.LogOut.as_view()), name="logout"),
    path("password/", login.forgot_password, name="forgot_password"),
    path("welcome/<str:token>/", login.welcome, name="welcome"),
    path("profile/", profile.profile, name="profile"),
    path("profile/password/", profile.change_password, name="change_password"),
    path("profile/sign-out/", profile.sign_out, name="sign_out"),
    path("people/", people.people, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/names/", people.names, name="names"),
    path("people/<id:pk>/", people.person, name="person"),
    path("people/<id:pk>/link/", people.make_link, name="make_link"),
    path("people/<id:pk>/delete/", people.delete_invitation, name="delete_invitation"),
    path("people/<id:pk>/deactivate/", people.deactivate, name="deactivate"),
    path("people/<id:pk>/reactivate/", people.reactivate, name="reactivate"),
]
