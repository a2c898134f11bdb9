"""Both extractors: where names are, what is a keyword, long texts, other scripts, and whatever company they come in."""

from __future__ import annotations

import random
from functools import cache

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from graph.errors import ModelMissingError, UsageError
from graph.extract import registry
from graph.extract import spacy as with_spacy
from graph.extract.models import installed_model
from graph.extract.registry import extractor_named
from graph.extract.rules import RuleExtractor
from graph.extract.spacy import SpacyExtractor
from graph.extract.spans import KEYWORDS, MENTIONS
from graph.model import Extraction
from graph.ports import Extractor
from graph.text import fold, stop_words

TEXTS = (
    "I met Maria Garcia in New York on Monday, and she works for Acme Corporation.",
    "The hotel Storchen in Zürich's old town was lovely. Zürich again next year?",
    "we should buy three tickets for the Berlin Marathon (42 km) before 5 pm",
    "hello",
    "",
    "   \n\n ",
    "👍👍🏽 !!! ... ??",
    "http://example.org/a?b=c#d and mail me at ann@example.org",
    "def main():\n    return {'a': [1, 2, 3]}\n",
    "أنا أعيش في القاهرة مع صديقي أحمد",
    "私は東京タワーに行きたいです。田中さんも来ます。",
    "Łukasz Wałęsa besuchte Köln, Orléans und São Paulo.",
    "e\u0301 cafe\u0301 Zu\u0308rich \u202eabc\u202c \u200b\ufeff",
    "A" * 5000,
    "a. " * 2000,
)


@cache
def extractor(name: str) -> Extractor:
    if name == "spacy" and installed_model() is None:
        pytest.skip("no spaCy model is installed: `memcli model pull spacy`")
    return extractor_named(name)[0]


@pytest.fixture(params=["rules", "spacy"])
def found_by(request: pytest.FixtureRequest) -> Extractor:
    return extractor(request.param)


def names(extraction: Extraction) -> set[str]:
    return {mention.name for mention in extraction.mentions}


def sound(text: str, extraction: Extraction) -> None:
    """What holds of every extraction of any text."""
    folded = [fold(mention.name) for mention in extraction.mentions]
    assert len(set(folded)) == len(folded) <= MENTIONS
    assert all(len(name) > 1 and name not in stop_words() for name in folded)
    places = [(mention.start, mention.end) for mention in extraction.mentions]
    assert places == sorted(places)
    for mention in extraction.mentions:
        assert mention.name == " ".join(text[mention.start : mention.end].split())
        assert len(mention.name) <= 80
        assert mention.label
    assert len(extraction.keywords) == len(set(extraction.keywords)) <= KEYWORDS
    assert all(word in text.lower() or word in text.casefold() for word in extraction.keywords)


def test_offsets_point_at_the_names(found_by: Extractor) -> None:
    for text, extraction in zip(TEXTS, found_by.extract(TEXTS), strict=True):
        sound(text, extraction)


def test_nothing_gives_nothing(found_by: Extractor) -> None:
    assert found_by.extract([]) == []
    assert found_by.extract(["", "  \n", "👍 !!"]) == [Extraction((), ())] * 3


def test_equal_texts_are_equal_in_any_company(found_by: Extractor) -> None:
    alone = [found_by.extract([text])[0] for text in TEXTS]
    assert found_by.extract(TEXTS) == alone
    shuffled = list(range(len(TEXTS))) * 3
    random.Random(5).shuffle(shuffled)
    assert found_by.extract([TEXTS[place] for place in shuffled]) == [alone[place] for place in shuffled]


def test_names_are_found(found_by: Extractor) -> None:
    first, second, third, *_ = found_by.extract(TEXTS)
    assert {"Maria Garcia", "New York"} <= names(first)
    assert any("Zürich" in name for name in names(second))
    assert any("Berlin Marathon" in name for name in names(third))
    assert "garcia" in first.keywords or "works" in first.keywords or "met" in first.keywords


def test_a_name_is_kept_once_where_it_is_first(found_by: Extractor) -> None:
    text = "We love Kilimanjaro. KILIMANJARO is high, and Kilimanjaro's snow is old."
    (extraction,) = found_by.extract([text])
    (mention,) = [each for each in extraction.mentions if fold(each.name) == "kilimanjaro"]
    assert text[mention.start : mention.end].casefold() == "kilimanjaro"


def test_the_end_of_a_long_text_is_read(found_by: Extractor) -> None:
    text = "nothing to see here\n\n" * 3000 + "Then Maria Garcia flew to Lisbon."
    (extraction,) = found_by.extract([text])
    sound(text, extraction)
    assert {"Maria Garcia", "Lisbon"} <= names(extraction)


def test_half_a_surrogate_pair_is_no_reason_to_stop() -> None:
    (extraction,) = RuleExtractor().extract(["I saw \ud800 Lisbon today"])
    assert "Lisbon" in names(extraction)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(st.text(alphabet=st.characters(exclude_categories=["Cs"]), max_size=200), max_size=4))
@pytest.mark.parametrize("name", ["rules", "spacy"])
def test_any_text_is_read(name: str, texts: list[str]) -> None:
    chosen = extractor(name)
    found = chosen.extract(texts)
    assert len(found) == len(texts)
    for text, extraction in zip(texts, found, strict=True):
        sound(text, extraction)


class TestRules:
    def extract(self, text: str) -> Extraction:
        return RuleExtractor().extract([text])[0]

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("We saw Anna there.", {"Anna"}),
            ("Anna saw us.", set()),
            ("Then we saw it. Berlin is far.", set()),
            ("We like the Bank of England and St Pancras", {"Bank of England", "St Pancras"}),
            ("The Bank of the West", {"Bank of the West"}),
            ("in the Year 2024", {"Year 2024"}),
            ("from A to B", set()),
            ("met Jean-Luc, Ann-Marie and Li", {"Jean-Luc", "Ann-Marie", "Li"}),
            ("visited Łódź and Ürümqi", {"Łódź", "Ürümqi"}),
            ("приехал из Нижний Новгород вчера", {"Нижний Новгород"}),
            ("أنا أعيش في القاهرة", set()),
            ("私は東京に行く", set()),
        ],
    )
    def test_capitals(self, text: str, expected: set[str]) -> None:
        found = {each.name for each in self.extract(text).mentions if each.label == "NAME"}
        assert found == expected

    def test_long_words_are_concepts(self) -> None:
        assert {(each.name, each.label) for each in self.extract("my pottery class").mentions} == {
            ("pottery", "CONCEPT")
        }

    def test_keywords_by_how_often_then_by_place(self) -> None:
        assert self.extract("tea and cake, cake and more tea, then jam, cake").keywords == ("cake", "tea", "jam")


class TestSpacy:
    @pytest.fixture(autouse=True)
    def _model(self) -> None:
        extractor("spacy")

    def test_it_says_which_model_decided(self) -> None:
        assert extractor("spacy").name == "spacy:en-core-web-sm-3.8.0"

    def test_labels(self) -> None:
        (found,) = extractor("spacy").extract(["Maria Garcia moved from New York to Google on Monday for $500."])
        labels = {mention.name: mention.label for mention in found.mentions}
        assert labels["New York"] == "GPE"
        assert labels["Maria Garcia"] == "PERSON"
        assert {"DATE", "MONEY"}.isdisjoint(labels.values())

    def test_noun_chunks_without_articles(self) -> None:
        (found,) = extractor("spacy").extract(["I signed up for a pottery class because my old car broke."])
        assert "pottery class" in names(found)

    def test_only_what_is_asked_for_is_loaded(self) -> None:
        import spacy

        model = installed_model()
        assert model
        chosen = extractor("spacy")
        assert isinstance(chosen, SpacyExtractor)
        chosen.extract(["One."])
        assert chosen._nlp is not None
        left_out = set(spacy.load(model).component_names) - set(chosen._nlp.component_names)
        assert left_out == {"lemmatizer", "senter"}

    def test_what_is_left_out_changes_nothing(self) -> None:
        import spacy

        chosen = extractor("spacy")
        model = installed_model()
        assert isinstance(chosen, SpacyExtractor)
        assert model
        whole = SpacyExtractor(model)
        whole._nlp = spacy.load(model)
        texts = TEXTS[:8]
        assert whole.extract(texts) == chosen.extract(texts)


@pytest.mark.parametrize(
    "text",
    ["", "x", "x" * 50_000, "word " * 10_000, "A sentence. " * 5_000, "a paragraph\n\n" * 5_000, "x" * 20_000 + "y z"],
)
def test_windows_are_the_text_in_pieces(text: str) -> None:
    windows = list(with_spacy._windows(text))
    assert "".join(part for _, part in windows) == text
    assert all(text[start : start + len(part)] == part for start, part in windows)
    assert all(len(part) <= with_spacy._WINDOW for _, part in windows)
    # Where there is a blank, no word is cut.
    if " " in text[: with_spacy._WINDOW]:
        assert all(part[-1].isspace() for _, part in windows[:-1])


class TestChoice:
    def test_without_a_model(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setattr(registry, "installed_model", lambda: None)
        chosen, told = extractor_named("auto")
        assert chosen.name == "rules"
        assert told is not None
        assert "memcli model pull spacy" in told
        with pytest.raises(ModelMissingError) as raised:
            extractor_named("spacy")
        assert "memcli model pull spacy" in raised.value.hint

    def test_by_name(self) -> None:
        assert extractor_named("rules")[0].name == "rules"
        assert extractor_named("rules")[1] is None
        with pytest.raises(UsageError, match="gpt"):
            extractor_named("gpt")
