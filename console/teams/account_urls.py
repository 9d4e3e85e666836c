"""The doors and a person's own pages: allauth's, with ours in front where an act needs its line or a page its look."""

from allauth.account.views import password_set
from allauth.mfa.recovery_codes import views as codes
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as passkeys
from django.urls import include, path
from django.views.decorators.http import require_GET
from django.views.generic import RedirectView

from console.teams import account_page, account_views, oidc_views, session_views
from console.teams.proof import proven
from console.teams.second_step_views import go_on, make_codes, show_codes, with_line

to_account_page = RedirectView.as_view(pattern_name="account", permanent=False, http_method_names=["get", "head"])

urlpatterns = [
    path("", account_page.account, name="account"),
    path("name/", account_page.rename, name="account_name"),
    path("email/", account_views.addresses, name="account_email"),
    path("confirm-email/", account_views.confirmation_awaited, name="account_email_verification_sent"),
    path("password/set/", proven(password_set), name="account_set_password"),  # a password is a proof afterwards
    path("sessions/", session_views.sessions, name="usersessions_list"),
    path("sessions/<int:pk>/end/", session_views.end, name="account_end_session"),
    path("second-steps/", go_on, name="mfa_index"),
    path("second-steps/totp/activate/", with_line(totp.activate_totp), name="mfa_activate_totp"),
    path("second-steps/totp/deactivate/", with_line(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("second-steps/webauthn/", to_account_page, name="mfa_list_webauthn"),
    path("second-steps/webauthn/add/", with_line(passkeys.add_webauthn), name="mfa_add_webauthn"),
    path(
        "second-steps/webauthn/keys/<int:pk>/remove/", with_line(passkeys.remove_webauthn), name="mfa_remove_webauthn"
    ),
    path("second-steps/webauthn/keys/<int:pk>/edit/", with_line(passkeys.edit_webauthn), name="mfa_edit_webauthn"),
    path("second-steps/recovery-codes/", with_line(show_codes), name="mfa_view_recovery_codes"),
    path(
        "second-steps/recovery-codes/generate/",
        with_line(make_codes),
        name="mfa_generate_recovery_codes",
    ),
    path(
        "second-steps/recovery-codes/download/",
        require_GET(with_line(codes.download_recovery_codes)),
        name="mfa_download_recovery_codes",
    ),
    path("second-steps/", include("allauth.mfa.urls")),
    path("sign-in-with/", include("allauth.socialaccount.providers.openid_connect.urls")),
    path("sign-in-again/", oidc_views.prove, name="account_prove_by_oidc"),
    path("connections/", with_line(oidc_views.connections), name="socialaccount_connections"),
    path("connections/", include("allauth.socialaccount.urls")),
    path("", include("allauth.account.urls")),
]
