"""Right use passes mypy. A line with `type: ignore` must not: mypy reports the comment if the line is right."""

import datetime

from generated import AuthenticatedClient, Client
from generated.api.browser import create_visitor, identify_visitor
from generated.api.server import accept_events, get_history, recommend, rerank, similar, trending
from generated.models import (
    AnimalMetadata,
    EventsAccepted,
    EventsRequest,
    Filter,
    FilterValues,
    HistoryRequest,
    IdentifyRequest,
    ItemRankingRequest,
    ItemRankingRequestItemMetadataListItem,
    NewAnimalEvent,
    NewPetEvent,
    NewVisitor,
    PetCriteria,
    PetRankingRequest,
    RecommendationsRequest,
    SimilarToGroupRequest,
    SimilarToPetRequest,
    TrendingRequest,
    VisitorRequest,
)

browser = Client(base_url="https://abcdef1234.execute-api.us-east-1.amazonaws.com")
visitor = AuthenticatedClient(base_url="https://abcdef1234.execute-api.us-east-1.amazonaws.com", token="a.b.c")
cat = AnimalMetadata(animal_species_id="1", animal_primary_breed_id="Siamese", animal_age_id=None)
view = NewAnimalEvent(event_type="DetailView", animal_metadata=cat, timestamp=1.5, impression=["1-Siamese-2-2"])
favorite = NewPetEvent(event_type="Favorite", animal_id=98765)


def right() -> list[str]:
    """Call each operation."""
    made = create_visitor.sync(client=browser, body=VisitorRequest())
    token = made.token if isinstance(made, NewVisitor) else ""
    sent = accept_events.sync(client=visitor, body=EventsRequest(events=[view, favorite]))
    accepted = sent.accepted if isinstance(sent, EventsAccepted) else 0
    species = FilterValues.from_dict({"SPECIES": ["1"]})
    wanted = RecommendationsRequest(
        limit=6, filter_=Filter(name="species", values=species), pets=PetCriteria(per_group=2)
    )
    shelf = recommend.sync(client=visitor, body=wanted)
    animals = [ItemRankingRequestItemMetadataListItem(item_id=1, animal_metadata=cat)]
    rerank.sync(client=visitor, body=PetRankingRequest(pet_ids=["98765"]))
    rerank.sync(client=visitor, body=ItemRankingRequest(session_id="s-1", item_metadata_list=animals))
    similar.sync(client=visitor, body=SimilarToPetRequest(animal_id=98765, limit=6))
    similar.sync(client=visitor, body=SimilarToGroupRequest(animal_metadata=cat))
    trending.sync(client=visitor, body=TrendingRequest(pets=PetCriteria(shelters=["north"])))
    get_history.sync(client=visitor, body=HistoryRequest(user_id=12345, after="2026-05-01T00:00:00Z"))
    identify_visitor.sync(client=visitor, body=IdentifyRequest(visitor_token=token))
    groups = [element.id for element in shelf] if isinstance(shelf, list) else []
    return [*groups, str(accepted)]


def wrong() -> None:
    """Each of these is a mistake that a type checker must find."""
    EventsRequest()  # type: ignore[call-arg]
    EventsRequest(events=view)  # type: ignore[arg-type]
    NewAnimalEvent(animal_metadata=cat)  # type: ignore[call-arg]
    NewAnimalEvent(event_type="DetailView", animal_metadata={})  # type: ignore[arg-type]
    NewAnimalEvent(event_type="DetailView", animal_metadata=cat, sessionid="s-1")  # type: ignore[call-arg]
    AnimalMetadata(animal_species_id=1)  # type: ignore[call-arg]
    RecommendationsRequest(limit="6")  # type: ignore[arg-type]
    RecommendationsRequest(pets=True)  # type: ignore[arg-type]
    ItemRankingRequest(user_id="12345")  # type: ignore[call-arg]
    PetRankingRequest(pet_ids=["1"], item_metadata_list=[])  # type: ignore[call-arg]
    SimilarToPetRequest(limit=6)  # type: ignore[call-arg]
    HistoryRequest(before=datetime.datetime.now())  # type: ignore[arg-type]
    IdentifyRequest(token="a.b.c")  # type: ignore[call-arg]
    accept_events.sync(client=visitor, body=HistoryRequest())  # type: ignore[arg-type]
    recommend.sync(client=visitor)  # type: ignore[call-arg]
