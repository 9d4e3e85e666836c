import pytest

from console.ui.amounts import credits_in_words


@pytest.mark.parametrize(
    ("amount", "words"),
    [(0, "0 credits"), (1, "1 credit"), (-1, "-1 credit"), (2, "2 credits"), (1200, "1,200 credits")],
)
def test_a_number_comes_with_its_word(amount: int, words: str) -> None:
    assert credits_in_words(amount) == words
