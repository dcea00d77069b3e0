"""`local-aws serve`: the local AWS as a process."""

import argparse
import logging
import os
import signal
import sys
import threading
import time
from contextlib import closing
from pathlib import Path

from local_aws import memory
from local_aws.http.idempotency import IdempotentResponses
from local_aws.http.request_origin import OwnRequestsOnly
from local_aws.http.web_server import PortInUseError, WebServer
from local_aws.settings import DEFAULT_DATA_DIR, DEFAULT_HOST, DEFAULT_PORT, ServerSettings
from local_aws.site.static_site import parse_sources

_log = logging.getLogger("local_aws")


def main(arguments: list[str] | None = None) -> int:
    """Run the command line, and return the exit status."""
    settings = _parse(arguments)
    logging.basicConfig(
        stream=sys.stderr, level=logging.WARNING, format="%(asctime)s %(levelname)s %(name)s: %(message)s"
    )
    # The server must never call a real account by mistake, nor the metadata service of its machine.
    os.environ.update({"AWS_EC2_METADATA_DISABLED": "true", "AWS_DEFAULT_REGION": settings.region})
    return serve(settings)


def serve(settings: ServerSettings) -> int:
    """Serve until SIGTERM or SIGINT, and print one line on stdout when ready. Return the exit status."""
    began = time.monotonic()
    stop = threading.Event()
    memory.limit_arenas()
    memory.read_models_compactly()
    memory.trim_regularly(stop)
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: stop.set())
    try:
        web = WebServer(settings.host, settings.port)
    except PortInUseError as error:
        _log.error("cannot start: %s; choose another port with --port", error)
        return 1
    endpoint = f"http://{settings.host}:{web.port}"
    # moto's interpreter of state machines reads its endpoint from here.
    os.environ["MOTO_PORT"] = str(web.port)
    settings.data_dir.mkdir(parents=True, exist_ok=True)
    try:
        # Imported here: it loads moto, and a port in use should be reported at once.
        from local_aws.server import Application

        with closing(Application(settings, endpoint)) as application:
            web.start(OwnRequestsOnly(IdempotentResponses(application), settings.hosts, application.allows_origin))
            # Programs that start the server wait for this line and read the endpoint from it.
            print(f"local AWS ready on {endpoint} after {time.monotonic() - began:.1f} s", flush=True)
            stop.wait()
    finally:
        web.close()
    return 0


def _parse(arguments: list[str] | None) -> ServerSettings:
    parser = argparse.ArgumentParser(prog="local-aws", description="AWS on one machine, behind one endpoint.")
    command = parser.add_subparsers(dest="command", required=True).add_parser("serve", help="serve until stopped")
    command.add_argument("--host", default=DEFAULT_HOST, help="address to listen on (%(default)s)")
    command.add_argument("--port", type=int, default=DEFAULT_PORT, help="port, 0 for any free one (%(default)s)")
    command.add_argument("--data-dir", type=Path, default=DEFAULT_DATA_DIR, help="packages and mails (%(default)s)")
    given = parser.parse_args(arguments)
    named = os.environ.get("LOCAL_AWS_HOSTS", "").split(",")
    hosts = frozenset(name.strip().lower() for name in (given.host, *named) if name.strip())
    try:
        site = parse_sources(os.environ.get("LOCAL_AWS_SITE", ""))
    except ValueError as error:
        parser.error(str(error))
    login = os.environ.get("LOCAL_AWS_LOGIN") or None
    return ServerSettings(
        host=given.host, port=given.port, data_dir=given.data_dir, hosts=hosts, login=login, site=site
    )


if __name__ == "__main__":
    sys.exit(main())
