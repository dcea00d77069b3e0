"""The popular list, as it is stored and read."""

from animal_recommender.popular_list import popular_list


def test_given_items_of_both_species_when_listed_then_each_species_has_its_own_list_in_the_same_order() -> None:
    assert popular_list(["2-Pug-1-1", "1-Bengal-2-2", "2-Beagle-3-2"]) == {
        "general": ["2-Pug-1-1", "1-Bengal-2-2", "2-Beagle-3-2"],
        "species": {"2": ["2-Pug-1-1", "2-Beagle-3-2"], "1": ["1-Bengal-2-2"]},
    }
