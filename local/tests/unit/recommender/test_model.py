"""What a trained model answers, on a small catalogue shaped like the project's: breed x size x age."""

from itertools import product

import numpy as np
import pytest

from local_aws.recommender import Event, Exploration, Interactions, Items, Model, Settings, train

BREEDS = {"Siamese": "1", "Bengal": "1", "Persian": "1", "Beagle": "2", "Boxer": "2", "Pug": "2"}
GROUPS = [f"{BREEDS[breed]}-{breed}-{size}-{age}" for breed, size, age in product(BREEDS, "123", "123")]
DAY = 86_400.0
END = 1_700_000_000.0


def items(ids: list[str]) -> Items:
    names = ("SPECIES", "BREED", "SIZE", "AGE")
    return Items(ids, {name: [item.split("-")[place] for item in ids] for place, name in enumerate(names)})


def visits() -> Interactions:
    """Visitors who each like one breed and one size, and look around in that neighbourhood."""
    random = np.random.default_rng(5)
    rows = []
    for user in range(150):
        breed, size = list(BREEDS)[random.integers(6)], "123"[random.integers(3)]
        odds = np.array([1 + 12 * (breed in group) + 6 * (f"-{size}-" in group) * (breed in group) for group in GROUPS])
        for step, place in enumerate(random.choice(len(GROUPS) - 1, 8, p=odds[:-1] / odds[:-1].sum())):
            kind = "Application" if random.random() < 0.05 else "DetailView"
            rows.append((f"user{user}", GROUPS[place], END - (150 - user) * DAY + 60 * step, kind))
    return Interactions(*map(list, zip(*rows, strict=True)))


@pytest.fixture(scope="module")
def model() -> Model:
    return train(visits(), items(GROUPS))


def test_given_views_of_one_breed_then_the_answer_is_of_that_breed(model: Model) -> None:
    views = [Event("2-Boxer-1-2", END), Event("2-Boxer-1-3", END + 60)]
    answer = [scored.item_id for scored in model.recommend(views, 6)]
    assert sum("Boxer" in item for item in answer) >= 4


def test_given_another_view_then_the_answer_changes_at_once(model: Model) -> None:
    before = model.recommend([Event("2-Boxer-1-2", END)], 5)
    after = model.recommend([Event("2-Boxer-1-2", END), Event("1-Siamese-3-1", END + 60)], 5)
    assert [s.item_id for s in before] != [s.item_id for s in after]


def test_given_an_item_that_nobody_met_then_its_kind_speaks_for_it(model: Model) -> None:
    unmet = GROUPS[-1]
    assert unmet not in set(visits().item_ids)
    fans = [Event("2-Pug-3-1", END), Event("2-Pug-3-2", END + 60)]
    place = {scored.item_id: place for place, scored in enumerate(model.recommend(fans, len(GROUPS)))}
    assert place[unmet] < len(GROUPS) / 3
    assert model.rank(fans, [unmet, "2-Pug-3-1"])[-1].score is None


def test_given_a_new_item_after_training_then_it_is_recommended_without_training(model: Model) -> None:
    new = "1-Siamese-2-4"
    grown = model.with_items(items([new, "2-Boxer-1-2"]))
    fans = [Event("1-Siamese-2-1", END), Event("1-Siamese-2-2", END)]
    strangers = [Event("2-Pug-1-1", END), Event("2-Pug-2-2", END)]
    assert _share(grown, fans, new) > 3 * _share(grown, strangers, new)
    assert new not in {scored.item_id for scored in model.recommend(fans, 100)}
    assert len(grown.recommend([Event(new, END)], 100)) == len(GROUPS) + 1


def test_given_an_item_without_any_description_then_it_is_no_favourite(model: Model) -> None:
    grown = model.with_items(Items(["mystery"]))
    assert _share(grown, [], "mystery") <= 1 / len(GROUPS)


def _share(model: Model, history: list[Event], item: str) -> float:
    return next(scored.score for scored in model.recommend(history, 1000) if scored.item_id == item)


def test_given_the_same_data_then_the_same_bytes_whatever_the_order_of_the_rows(model: Model) -> None:
    rows = visits()
    shuffled = np.random.default_rng(1).permutation(len(rows))
    columns = (rows.user_ids, rows.item_ids, rows.timestamps, rows.event_types)
    again = train(Interactions(*[[column[row] for row in shuffled] for column in columns]), items(GROUPS))
    assert again.to_bytes() == model.to_bytes()


def test_given_bytes_then_the_answers_return_with_traits_and_new_items(model: Model) -> None:
    grown = model.with_items(items(["1-Siamese-2-4"]))
    history = [Event("1-Siamese-2-1", END, "Application")]
    assert Model.from_bytes(grown.to_bytes()).recommend(history, 20) == grown.recommend(history, 20)


def test_given_other_bytes_then_they_are_refused() -> None:
    with pytest.raises(ValueError, match="not a stored model"):
        Model.from_bytes(b"no archive")


def test_given_no_allowed_item_then_the_answer_is_empty(model: Model) -> None:
    assert model.recommend([], 5, allowed=[]) == []


def test_given_popularity_without_trend_then_the_moment_does_not_matter() -> None:
    still = train(visits(), None, Settings(hyperparameters={"recency_mask": "FALSE"}))
    assert still.recommend([], 5, now=END - 100 * DAY) == still.recommend([], 5, now=END)


class TestExploration:
    new = "1-Persian-2-9"

    @pytest.fixture
    def aged(self, model: Model) -> Model:
        young = Items([self.new], {"BREED": ["Persian"]}, [END - 5 * DAY])
        return model.with_items(young)

    def places(self, model: Model, weight: float, days: float) -> list[int]:
        """Where the new item lands in 60 differently seeded answers of five."""
        history, found = [Event("2-Boxer-1-2", END)], []
        for seed in range(60):
            answer = model.recommend(history, 5, exploration=Exploration(weight, days, seed))
            assert len({scored.item_id for scored in answer}) == 5
            assert [s.score for s in answer] == sorted([s.score for s in answer], reverse=True)
            found += [place for place, scored in enumerate(answer) if scored.item_id == self.new]
        return found

    def test_given_weight_zero_then_nothing_is_explored(self, aged: Model) -> None:
        history = [Event("2-Boxer-1-2", END)]
        assert aged.recommend(history, 5, exploration=Exploration(0, 30, 1)) == aged.recommend(history, 5)

    def test_given_more_weight_then_the_young_item_is_shown_more(self, aged: Model) -> None:
        shown = [len(self.places(aged, weight, 10)) for weight in (0.1, 0.5, 1.0)]
        assert 0 < shown[0] < shown[1] < shown[2]

    def test_given_a_cut_off_below_its_age_then_the_item_is_not_explored(self, aged: Model) -> None:
        assert self.places(aged, 1.0, 0.5) == []

    def test_given_the_same_seed_then_the_same_places(self, aged: Model) -> None:
        wish = Exploration(0.5, 30, 7)
        assert aged.recommend([], 9, exploration=wish) == aged.recommend([], 9, exploration=wish)

    @pytest.mark.parametrize("wish", [(1.1, 30), (-0.1, 30), (0.5, -1)])
    def test_given_values_out_of_range_then_they_are_refused(self, wish: tuple[float, float]) -> None:
        with pytest.raises(ValueError, match=r"exploration weight|cut-off"):
            Exploration(*wish, seed=0)
