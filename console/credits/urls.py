from django.urls import path

from console.credits import budget_views, views

app_name = "credits"
urlpatterns = [
    path("usage/", views.usage, name="usage"),
    path("wallet/chip/", views.wallet_chip, name="wallet_chip"),
    path("budgets/", budget_views.budgets, name="budgets"),
    path("budgets/asks/<uuid:pk>/decision/", budget_views.decision, name="budget_decision"),
    path("projects/<uuid:pk>/budget/", budget_views.budget, name="budget"),
    path("projects/<uuid:pk>/budget/asks/", budget_views.asks, name="budget_asks"),
    path("usage/charges/<uuid:pk>/correction/", budget_views.correction, name="correction"),
    path("projects/<uuid:pk>/month/", views.project_month, name="project_month"),
]
