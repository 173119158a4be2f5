"""A review in; a server on this machine's loopback until the person has done, and the address of its page, out."""

from __future__ import annotations

import logging
import secrets
import threading

from werkzeug.serving import make_server

from fosen_graph.findings import CannotRun, Lang, Words
from fosen_graph.linking.review import NEXT, Review, SayLine, outcome
from fosen_graph.web.deciding.page import Sitting, create_page

_HOST = "127.0.0.1"


def serve_page(review: Review, port: int, lang: Lang, by: str | None, say: SayLine) -> None:
    """Serve until the person ends it on the page, or with Ctrl-C. Raises CannotRun where the port is taken."""
    token = secrets.token_urlsafe(24)
    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # its log would show the address with the token
    sitting = Sitting(review=review, origin="", token=token, stop=lambda: None, by=by or "")
    app = create_page(sitting)
    try:
        server = make_server(_HOST, port, app, threaded=True)
    except (OSError, OverflowError, SystemExit) as error:  # werkzeug leaves the program where the port is taken
        raise CannotRun(
            Words(nb=f"Porten {port} er ikke ledig.", en=f"The port {port} is not free."),
            Words(nb="Velg en annen med --port, eller ingen.", en="Choose another with --port, or none."),
        ) from error
    sitting.origin = f"http://{_HOST}:{server.server_port}"
    sitting.stop = threading.Thread(target=server.shutdown).start
    opened = Words(
        nb=f"Åpne {sitting.origin}/{token}/{lang}/ i nettleseren. Ctrl-C avslutter.",
        en=f"Open {sitting.origin}/{token}/{lang}/ in the browser. Ctrl-C ends it.",
    )
    say(opened.in_language(lang))
    try:
        server.serve_forever()
    except KeyboardInterrupt:
        say("")
    finally:
        server.server_close()
    say(outcome(review).in_language(lang))
    if review.files:
        say(NEXT.in_language(lang))
