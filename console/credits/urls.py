from django.urls import path

from console.credits import budget_views, statement_views, usage_exporting, usage_views, views, wallet_views

app_name = "credits"
urlpatterns = [
    path("usage/", usage_views.show, name="usage"),
    path("usage/ledger/", usage_views.ledger, name="usage_ledger"),
    path("usage/statements/", statement_views.index, name="statements"),
    path("usage/statements/<str:month>/", statement_views.show, name="statement"),
    path("usage.csv", usage_exporting.export, name="usage_export"),
    path("wallet/", wallet_views.wallet, name="wallet"),
    path("wallet/accounts/<uuid:pk>/", wallet_views.intervals, name="wallet_account"),
    path("wallet/intervals/<uuid:pk>/", wallet_views.interval, name="wallet_interval"),
    path("wallet/intervals/<uuid:pk>/explanation/", wallet_views.explanation, name="wallet_explanation"),
    path("wallet/chip/", views.wallet_chip, name="wallet_chip"),
    path("budgets/", budget_views.budgets, name="budgets"),
    path("budgets/asks/<uuid:pk>/decision/", budget_views.decision, name="budget_decision"),
    path("projects/<uuid:pk>/budget/", budget_views.budget, name="budget"),
    path("projects/<uuid:pk>/budget/asks/", budget_views.asks, name="budget_asks"),
    path("usage/charges/<uuid:pk>/correction/", budget_views.correction, name="correction"),
    path("projects/<uuid:pk>/month/", views.project_month, name="project_month"),
]
