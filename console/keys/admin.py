"""What support may see of keys: names and states. Sealed values and fingerprints are not among the fields."""

from django.contrib import admin

from console.keys.models import Account, Key, Secret
from console.ui.admin import LookOnly


@admin.register(Account)
class AccountAdmin(LookOnly):
    """Rivya accounts of the teams."""

    list_display = ("label", "team", "balance", "balance_at", "created_at")
    fields = ("label", "team", "balance", "balance_at", "may_be_another", "created_at")
    search_fields = ("label", "team__name")
    list_select_related = ("team",)


@admin.register(Key)
class KeyAdmin(LookOnly):
    """Keys with their purpose and state."""

    list_display = ("name", "purpose", "environment", "state", "team", "account", "created_at")
    fields = (
        *("name", "purpose", "environment", "state", "team", "account"),
        *("added_by", "created_at", "retired_at"),
    )
    list_filter = ("state", "environment")
    search_fields = ("name", "purpose", "team__name")
    list_select_related = ("team", "account")


@admin.register(Secret)
class SecretAdmin(LookOnly):
    """Versions of keys, told apart by their last four characters."""

    list_display = ("key", "team", "version", "last_four", "state", "last_used_at", "added_at")
    fields = (
        *("key", "version", "last_four", "state", "scopes", "added_by", "added_at"),
        *("last_used_at", "refused_at", "refused_code", "retired_at"),
    )
    list_filter = ("state",)
    search_fields = ("key__name", "last_four")
    list_select_related = ("key__team",)

    @admin.display(description="team")
    def team(self, secret: Secret) -> str:
        """Whose it is."""
        return str(secret.key.team)
