"""What an AWS service adds to the server: the interface between `server.py` and the folders of the services.

The folder of a service holds `definition.py` with `SERVICE`. `registry.py` lists the folders.
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol, TypeVar

from werkzeug import Request, Response

from local_aws.delivery import Delivery
from local_aws.faults import Faults
from local_aws.http.web_server import WsgiApplication
from local_aws.iam.access_records import AccessRecords
from local_aws.iam.actors import Actor
from local_aws.iam.authorization import Authorizer
from local_aws.settings import ServerSettings

Part = TypeVar("Part")


@dataclass(frozen=True)
class SignedRequest:
    """A request after authorization.

    Attributes:
        environ: the WSGI environment; its body has not been consumed.
        actor: who signed it.
        region: the region in the signature.
    """

    environ: dict[str, Any]
    actor: Actor
    region: str


RequestHandler = Callable[[Request], Response]
PageFinder = Callable[[Request], Response | None]
"""Returns the page that a request without a signature names, or None when it names none."""
SignedRequestHandler = Callable[[SignedRequest], WsgiApplication | None]
"""Returns the application that answers the request, or None when moto answers it."""


class Closeable(Protocol):
    """A part with threads or processes."""

    def close(self) -> None:
        """Stop its threads and processes."""


@dataclass(frozen=True)
class RunningService:
    """What a service handles while the server runs.

    Attributes:
        signed: signing name -> handler of the requests that are signed for it.
        hosts: pattern at the beginning of a host name -> handler. These requests are not authorized before.
        paths: pattern of a path -> handler, in the same way.
        pages: answers requests without a signature: with the pages of a web site, or with an error.
        allows_origin: tells whether pages of an origin, which is not of this machine, may send a request that this
            service answers.
        administration: first part of a path under `/_local/` -> handler.
        health: name of a service -> what answers it, for `/_local/health`.
        prepare_moto: called before moto's application of this service is made, on its first request.
        parts: what to close when the server stops, in this order.
    """

    signed: Mapping[str, SignedRequestHandler] = field(default_factory=dict)
    hosts: Mapping[re.Pattern[str], RequestHandler] = field(default_factory=dict)
    paths: Mapping[re.Pattern[str], RequestHandler] = field(default_factory=dict)
    pages: PageFinder | None = None
    allows_origin: Callable[[Request, str], bool] | None = None
    administration: Mapping[str, RequestHandler] = field(default_factory=dict)
    health: Mapping[str, str] = field(default_factory=dict)
    prepare_moto: Callable[[], None] | None = None
    parts: tuple[Closeable, ...] = ()


class Context:
    """What the services share: made by the server, or provided by a service that was started before."""

    def __init__(self, settings: ServerSettings, endpoint: str) -> None:
        """Make what every service may need.

        Args:
            settings: of the server.
            endpoint: URL of the server; its own parts and the functions call it.
        """
        self.settings = settings
        self.endpoint = endpoint
        self.delivery = Delivery(endpoint)
        self.access_records = AccessRecords()
        self.authorizer = Authorizer(self.access_records)
        self.faults = Faults()
        self._provided: dict[type, object] = {}

    def provide(self, part: object) -> None:
        """Offer a part to the services that are started later."""
        self._provided[type(part)] = part

    def require(self, kind: type[Part]) -> Part:
        """Return the part of a class.

        Raises:
            LookupError: no service that was started before provides it.
        """
        part = self._provided.get(kind)
        if not isinstance(part, kind):
            raise LookupError(f"no service provides {kind.__name__} yet: check the order in registry.py")
        return part


def start_nothing(context: Context) -> RunningService:
    """Start a service that moto answers alone."""
    return RunningService()


@dataclass(frozen=True)
class Service:
    """The definition of a service.

    Attributes:
        name: its folder; for a service of moto, moto's name.
        start: makes and connects its parts.
        corrections: modules with corrections of moto (see `moto_patches.patching`).
        corrects_late: the service applies its corrections itself, when its part of moto is loaded.
    """

    name: str
    start: Callable[[Context], RunningService] = start_nothing
    corrections: tuple[str, ...] = ()
    corrects_late: bool = False
