"""Django's admin with our site in it."""

from django.contrib.admin.apps import AdminConfig


class SupportAdmin(AdminConfig):
    """Named in INSTALLED_APPS instead of `django.contrib.admin`."""

    default_site = "console.support.site.SupportSite"
