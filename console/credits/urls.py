from django.urls import path

from console.credits import views

app_name = "credits"
urlpatterns = [
    path("usage/", views.usage, name="usage"),
    path("wallet/chip/", views.wallet_chip, name="wallet_chip"),
    path("projects/<uuid:pk>/month/", views.project_month, name="project_month"),
]
