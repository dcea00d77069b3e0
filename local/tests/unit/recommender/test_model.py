"""The recommendations of a trained model, on a small catalogue like the project's: breed x size x age."""

from itertools import product

import numpy as np
import pytest

from local_aws.recommender import Event, Exploration, Interactions, Items, Model, Settings, train
from local_aws.recommender.model import _top

BREEDS = {"Siamese": "1", "Bengal": "1", "Persian": "1", "Beagle": "2", "Boxer": "2", "Pug": "2"}
GROUPS = [f"{BREEDS[breed]}-{breed}-{size}-{age}" for breed, size, age in product(BREEDS, "123", "123")]
DAY = 86_400.0
END = 1_700_000_000.0


def items(ids: list[str]) -> Items:
    names = ("SPECIES", "BREED", "SIZE", "AGE")
    return Items(ids, {name: [item.split("-")[place] for item in ids] for place, name in enumerate(names)})


def visits() -> Interactions:
    """Visitors who each prefer one breed and one size, and view items like that."""
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


def test_given_views_of_one_breed_then_that_breed_is_recommended(model: Model) -> None:
    views = [Event("2-Boxer-1-2", END), Event("2-Boxer-1-3", END + 60)]
    recommended = [scored.item_id for scored in model.recommend(views, 6)]
    assert sum("Boxer" in item for item in recommended) >= 4


def test_given_another_view_then_the_recommendations_change_at_once(model: Model) -> None:
    before = model.recommend([Event("2-Boxer-1-2", END)], 5)
    after = model.recommend([Event("2-Boxer-1-2", END), Event("1-Siamese-3-1", END + 60)], 5)
    assert [s.item_id for s in before] != [s.item_id for s in after]


def test_given_an_item_without_events_then_its_metadata_recommends_it(model: Model) -> None:
    cold = GROUPS[-1]
    assert cold not in set(visits().item_ids)
    fans = [Event("2-Pug-3-1", END), Event("2-Pug-3-2", END + 60)]
    place = {scored.item_id: place for place, scored in enumerate(model.recommend(fans, len(GROUPS)))}
    assert place[cold] < len(GROUPS) / 3
    assert model.rank(fans, [cold, "2-Pug-3-1"])[-1].score is None


def test_given_a_new_item_after_training_then_it_is_recommended_without_training(model: Model) -> None:
    new = "1-Siamese-2-4"
    grown = model.with_items(items([new, "2-Boxer-1-2"]))
    fans = [Event("1-Siamese-2-1", END), Event("1-Siamese-2-2", END)]
    strangers = [Event("2-Pug-1-1", END), Event("2-Pug-2-2", END)]
    assert _share(grown, fans, new) > 3 * _share(grown, strangers, new)
    assert new not in {scored.item_id for scored in model.recommend(fans, 100)}
    assert len(grown.recommend([Event(new, END)], 100)) == len(GROUPS) + 1


def test_given_an_item_without_any_metadata_then_its_score_is_low(model: Model) -> None:
    grown = model.with_items(Items(["mystery"]))
    assert _share(grown, [], "mystery") <= 1 / len(GROUPS)


def test_given_an_item_that_only_this_user_ever_used_then_it_is_recommended_to_the_user() -> None:
    rows = [
        (f"u{user}", item, 1.0 * user + 10 * step)
        for user in range(60)
        for step in range(10)
        for item in (f"own-{user}", f"common{step % 5}")
    ]
    model = train(Interactions(*map(list, zip(*rows, strict=True))), None)
    history = [Event("own-7", END), Event("common2", END + 10), Event("own-7", END + 20), Event("common3", END + 30)]
    lists = [[s.item_id for s in each.recommend(history, 6)] for each in (model, model.with_items(Items(["own-new"])))]
    assert all("own-7" in ranked and not any(item in ranked for item in ("own-8", "own-new")) for ranked in lists)
    renamed = [Event("own-new", e.timestamp) if e.item_id == "own-7" else e for e in history]
    assert "own-new" in [s.item_id for s in model.with_items(Items(["own-new"])).recommend(renamed, 6)]


def _share(model: Model, history: list[Event], item: str) -> float:
    return next(scored.score for scored in model.recommend(history, 1000) if scored.item_id == item)


def test_given_the_same_data_then_the_same_bytes_whatever_the_order_of_the_rows(model: Model) -> None:
    rows = visits()
    shuffled = np.random.default_rng(1).permutation(len(rows))
    columns = (rows.user_ids, rows.item_ids, rows.timestamps, rows.event_types)
    trained = train(Interactions(*[[column[row] for row in shuffled] for column in columns]), items(GROUPS))
    assert trained.to_bytes() == model.to_bytes()


def test_given_bytes_then_the_recommendations_are_equal_with_metadata_and_new_items(model: Model) -> None:
    grown = model.with_items(items(["1-Siamese-2-4"]))
    history = [Event("1-Siamese-2-1", END, "Application")]
    assert Model.from_bytes(grown.to_bytes()).recommend(history, 20) == grown.recommend(history, 20)


def test_given_other_bytes_then_they_are_rejected() -> None:
    with pytest.raises(ValueError, match="not a stored model"):
        Model.from_bytes(b"no archive")


def test_given_no_allowed_item_then_the_list_is_empty(model: Model) -> None:
    assert model.recommend([], 5, allowed=[]) == []


def test_given_popularity_without_recency_then_the_query_time_has_no_effect() -> None:
    model = train(visits(), None, Settings(hyperparameters={"recency_mask": "FALSE"}))
    assert model.recommend([], 5, now=END - 100 * DAY) == model.recommend([], 5, now=END)


class TestExploration:
    new = "1-Persian-2-9"

    @pytest.fixture
    def aged(self, model: Model) -> Model:
        new = Items([self.new], {"BREED": ["Persian"]}, [END - 5 * DAY])
        return model.with_items(new)

    def places(self, model: Model, weight: float, days: float) -> list[int]:
        """Return the places of the new item in 60 lists of five with different seeds."""
        history, found = [Event("2-Boxer-1-2", END)], []
        for seed in range(60):
            recommended = model.recommend(history, 5, exploration=Exploration(weight, days, seed))
            assert len({scored.item_id for scored in recommended}) == 5
            assert all(s.score == pytest.approx(_share(model, history, s.item_id)) for s in recommended)
            found += [place for place, scored in enumerate(recommended) if scored.item_id == self.new]
        return found

    def test_given_weight_zero_then_nothing_is_explored(self, aged: Model) -> None:
        history = [Event("2-Boxer-1-2", END)]
        assert aged.recommend(history, 5, exploration=Exploration(0, 30, 1)) == aged.recommend(history, 5)

    def test_given_more_weight_then_the_new_item_is_shown_more(self, aged: Model) -> None:
        shown = [len(self.places(aged, weight, 10)) for weight in (0.1, 0.5, 1.0)]
        assert 0 < shown[0] < shown[1] < shown[2]

    def test_given_full_weight_then_the_relevant_new_item_is_still_shown_more(self, model: Model) -> None:
        new = {"BREED": ["Boxer", "Siamese"], "SPECIES": ["2", "1"]}
        aged = model.with_items(Items(["2-Boxer-1-9", "1-Siamese-3-9"], new, [END, END]))
        history = [Event("2-Boxer-1-2", END), Event("2-Boxer-1-3", END)]
        lists = [aged.recommend(history, 1, exploration=Exploration(1.0, 1, seed)) for seed in range(60)]
        shown = [ranked[0].item_id for ranked in lists]
        assert shown.count("2-Boxer-1-9") > shown.count("1-Siamese-3-9")

    def test_given_items_that_were_shown_often_then_they_are_explored_less(self, model: Model) -> None:
        names = ["2-Boxer-1-8", "2-Boxer-1-9"]
        aged = model.with_items(Items(names, {"BREED": ["Boxer", "Boxer"]}, [END, END]))
        explorations = [Exploration(1.0, 1, seed, {names[0]: 10_000.0}) for seed in range(60)]
        lists = [aged.recommend([Event("2-Boxer-1-2", END)], 1, exploration=each) for each in explorations]
        shown = [ranked[0].item_id for ranked in lists]
        assert shown.count(names[0]) < shown.count(names[1]) / 3

    def test_given_a_cut_off_below_its_age_then_the_item_is_not_explored(self, aged: Model) -> None:
        assert self.places(aged, 1.0, 0.5) == []

    def test_given_the_same_seed_then_the_same_places(self, aged: Model) -> None:
        exploration = Exploration(0.5, 30, 7)
        assert aged.recommend([], 9, exploration=exploration) == aged.recommend([], 9, exploration=exploration)

    @pytest.mark.parametrize("values", [(1.1, 30), (-0.1, 30), (0.5, -1)])
    def test_given_values_out_of_range_then_they_are_rejected(self, values: tuple[float, float]) -> None:
        with pytest.raises(ValueError, match=r"exploration weight|cut-off"):
            Exploration(*values, seed=0)


def test_given_groups_of_items_then_their_shares_are_the_sums_of_the_scores(model: Model) -> None:
    history = [Event("2-Boxer-1-2", END)]
    scores = {scored.item_id: scored.score or 0.0 for scored in model.recommend(history, len(GROUPS))}
    boxers = {group for group in GROUPS if "Boxer" in group}
    shares = model.shares(history, [model.positions({*boxers, "unknown"}), model.positions(GROUPS)])
    assert shares[0] == pytest.approx(sum(scores[group] for group in boxers))
    assert shares[1] == pytest.approx(1.0)


def test_given_added_utilities_then_an_item_gains_or_loses_its_place(model: Model) -> None:
    history = [Event("2-Boxer-1-2", END)]
    usual = [scored.item_id for scored in model.recommend(history, len(GROUPS))]
    assert model.recommend(history, 1, added={usual[-1]: 20.0})[0].item_id == usual[-1]
    assert model.recommend(history, len(GROUPS), added={usual[0]: -20.0})[-1].item_id == usual[0]
    assert model.rank(history, usual[:3], added={usual[2]: 20.0})[0].item_id == usual[2]


def test_given_many_utilities_then_the_top_is_that_of_a_sort_and_equal_ones_come_by_position() -> None:
    utilities = np.random.default_rng(0).integers(0, 300, 5000).astype(np.float32)
    utilities[::3] = -np.inf
    expected = np.lexsort((np.arange(5000), -utilities))
    for most in (0, 1, 25, 2000, 5000):
        assert _top(utilities, most).tolist() == expected[: min(most, 3333)].tolist()
