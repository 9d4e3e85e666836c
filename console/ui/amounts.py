"""Numbers with their word, for sentences."""


def credits_in_words(amount: int) -> str:
    """Such as "1 credit" and "1,200 credits"."""
    return f"{amount:,} {'credit' if abs(amount) == 1 else 'credits'}"
