"""Keep the catalogue equal to Rivya's live list."""


def refresh_if_due() -> bool:
    return False
