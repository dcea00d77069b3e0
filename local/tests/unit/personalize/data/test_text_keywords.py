"""The keywords of texts."""

from local_aws.personalize.data.text_keywords import keywords


def test_given_texts_then_words_of_several_items_are_their_keywords() -> None:
    texts = ["A calm tabby cat", "A calm dog", "The tabby sleeps", None, *["A pet that is loved"] * 6]
    found = keywords(texts)
    assert found[0] == "calm|tabby"
    assert found[1] == "calm"
    assert found[3] is None
    assert found[4] is None  # words of most items distinguish none
