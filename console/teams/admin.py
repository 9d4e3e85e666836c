"""People and teams, for looking."""

import allauth.account.admin
import allauth.mfa.admin
import allauth.socialaccount.admin
import allauth.usersessions.admin  # noqa: F401
import django.contrib.auth.admin  # noqa: F401
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.socialaccount.models import SocialAccount, SocialApp, SocialToken
from allauth.usersessions.models import UserSession
from django.contrib import admin
from django.contrib.auth.models import Group

import console.teams.audit_admin  # noqa: F401 - the audit log, which knows nothing of teams itself
from console.teams.models import Membership, Team, User
from console.ui.admin import LookOnly

# An address added here would receive somebody's password reset; groups mean nothing in this house; sessions, second
# steps and connections are a person's own.
admin.site.unregister([EmailAddress, Group, UserSession, Authenticator, SocialAccount, SocialApp, SocialToken])


@admin.register(User)
class UserAdmin(LookOnly):
    """People, without their passwords and sessions."""

    list_display = ("email", "name", "is_staff", "is_active", "last_login", "date_joined")
    fields = ("id", "email", "name", "is_staff", "is_active", "last_login", "date_joined")
    search_fields = ("email", "name", "id")


@admin.register(Team)
class TeamAdmin(LookOnly):
    """Teams, with what they say of themselves."""

    list_display = ("name", "time_zone", "is_demo", "created_at")
    fields = ("id", "name", "time_zone", "is_demo", "billing_contact", "low_balance_at", "created_at")
    search_fields = ("name", "id")


@admin.register(Membership)
class MembershipAdmin(LookOnly):
    """Who belongs where."""

    list_display = ("user", "team", "role", "joined_at", "suspended_at")
    fields = ("user", "team", "role", "joined_at", "suspended_at", "suspended_by")
    list_filter = ("role",)
    linked = ("team__id__exact",)
    search_fields = ("user__email", "team__name")
    list_select_related = ("user", "team")
