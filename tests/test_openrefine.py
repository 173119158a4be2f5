"""What OpenRefine asks, in its order and with its parameters, as its documentation of the API has it."""

from __future__ import annotations

import json
import re
from typing import Any
from urllib.parse import quote

from reconciling import ID, client, fits

NAMES = ["Åfjord kommune", "Ørland kommune", "Osen kommune", "Fosen Renovasjon IKS", "NTNU", "NVE", "Roret KF",
         "Nord universitet", "Trøndelag fylkeskommune", "Ukjent idrettslag"]  # fmt: skip
CALLBACK = "jQuery22405812"


def jsonp(path: str, schema: str) -> Any:
    """As jQuery asks where it cannot read across origins: a callback, and the time so that nothing is kept."""
    response = client().get(path + ("&" if "?" in path else "?") + f"callback={CALLBACK}&_=1700000000000")
    assert response.status_code == 200
    assert response.content_type == "application/javascript; charset=utf-8"
    assert response.headers["X-Content-Type-Options"] == "nosniff"
    script = re.fullmatch(rf"/\*\*/{CALLBACK}\((.*)\);\n", response.text)
    assert script
    node = json.loads(script[1])
    fits(schema, node)
    return node


def test_the_steps_of_a_researcher_in_openrefine() -> None:
    """From the address of the service to new columns in the table; what each step returns is used by the next."""
    manifest = jsonp("/reconcile", "Manifest02")

    # The dialogue: ten cells are tried, three candidates each, and their types are counted.
    guesses = _batch({f"q{n}": {"query": name, "limit": 3} for n, name in enumerate(NAMES)})
    counted: dict[str, int] = {}
    for found in guesses.values():
        for type_ in {one["id"] for entity in found for one in entity["type"]}:
            counted[type_] = counted.get(type_, 0) + 1
    assert counted["Organisation"] >= 8 and counted["Unit"] >= 8

    # A type and a property are chosen with the keyboard.
    suggest = {kind: told["service_url"] + told["service_path"] for kind, told in manifest["suggest"].items()}
    types = jsonp(f"{_path(suggest['type'])}?prefix=enhet", "Suggested")["result"]
    assert types[0]["id"] == "Unit"
    properties = jsonp(f"{_path(suggest['property'])}?prefix=kommune&type=Unit", "Suggested")["result"]
    assert properties[0]["id"] == "municipality"

    # The column is sent in batches of ten, each row with its other column.
    places = ["Åfjord", "Ørland", "Osen", "Indre Fosen", "Trondheim", "Oslo", "Ørland", "Bodø", "Trondheim", "Åfjord"]
    found = _batch(
        {
            f"q{n}": {"query": name, "type": "Unit", "type_strict": "should",
                      "properties": [{"pid": "municipality", "v": place}]}
            for n, (name, place) in enumerate(zip(NAMES, places, strict=True))
        }
    )  # fmt: skip
    linked = {name: found[f"q{n}"][0]["id"] for n, name in enumerate(NAMES) if any(c["match"] for c in found[f"q{n}"])}
    assert linked["Åfjord kommune"] == "921875533" and linked["Osen kommune"] == "944350675"
    assert "Ukjent idrettslag" not in linked and "NVE" not in linked

    # A cell is looked at, and another candidate is sought by hand.
    preview = manifest["preview"]["url"].replace("{{id}}", quote(linked["Åfjord kommune"], safe=""))
    shown = client().get(_path(preview))
    assert shown.status_code == 200 and "frame-ancestors *" in shown.headers["Content-Security-Policy"]
    assert "ÅFJORD KOMMUNE" in shown.text and "<script" not in shown.text
    sought = jsonp(f"{_path(suggest['entity'])}?prefix=norges+vass&type=Unit&type_strict=should", "Suggested")
    assert sought["result"][0]["id"] == "970205039"
    view = manifest["view"]["url"].replace("{{id}}", quote(f"{ID}aktoer/nve", safe=""))
    assert client().get(_path(view)).headers["Location"] == "/doc/fosen/aktoer/nve"

    # New columns: what can be had of the type, then the values.
    propose = manifest["extend"]["propose_properties"]
    path = _path(propose["service_url"] + propose["service_path"])
    proposed = jsonp(f"{path}?type=Unit&limit=50", "Proposed")
    assert {"municipality", "status", "actor"} <= {one["id"] for one in proposed["properties"]}
    asked = {
        "ids": list(linked.values()),
        "properties": [{"id": "municipality-number"}, {"id": "actor", "settings": {}}],
    }
    fits("Extension", asked)
    response = client().post("/reconcile", data={"extend": json.dumps(asked)})
    fits("Extended02", response.json)
    assert response.json["rows"]["921875533"]["municipality-number"] == [{"str": "5058"}]
    assert response.json["rows"]["921875533"]["actor"][0]["id"] == f"{ID}aktoer/aafjord-kommune"


def _batch(queries: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    fits("Queries02", queries)
    response = client().post("/reconcile", data={"queries": json.dumps(queries)})
    assert response.status_code == 200 and response.content_type == "application/json"
    fits("Results02", response.json)
    return {name: response.json[name]["result"] for name in queries}


def _path(address: str) -> str:
    assert address.startswith("http://localhost/")
    return address.removeprefix("http://localhost")
