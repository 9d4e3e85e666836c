"""A wish about a key that is not done: told to the person in words, at the field it belongs to."""


class Declined(Exception):
    """Nothing was stored. `field` is the form's field it is about, or empty. `str()` is for people."""

    def __init__(self, words: str, *, field: str = "") -> None:
        super().__init__(words)
        self.field = field
