"""Names from a table find the plan's things and the register's units; a match is told only where it is sure."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path

import pytest
from reconciling import (
    CODE,
    ID,
    app,
    batch,
    client,
    conditioned,
    copy,
    extended,
    get,
    match,
    named,
    one,
    without_register,
)

from fosen_graph.cli import main
from fosen_graph.web.reconcile.asked import IDS
from fosen_graph.web.reconcile.registers import Registers

OSEN, INDRE_FOSEN, NVE = "944350675", "944305483", "970205039"
MEASURE = f"{ID}2022-2024/tiltak/vannforsyning-fosen"
CURRENT, OLD = "921875533", "964982864"  # Åfjord since 2020, and before


# Who is meant


@pytest.mark.parametrize(
    ("query", "type_", "first", "sure"),
    [
        ("NVE", None, f"{ID}aktoer/nve", True),
        ("NVE", "Unit", NVE, False),
        ("Åfjord kommune", "Actor", f"{ID}aktoer/aafjord-kommune", True),
        ("Åfjord kommune", "Unit/KOMM", CURRENT, True),
        ("ÅFJORD  KOMMUNE ", "Unit", CURRENT, True),
        ("Rissa kommune", "Unit", INDRE_FOSEN, False),
        ("Fosen Brann og Redningstjeneste", "Organisation", f"{ID}aktoer/fosen-brann-og-redningstjeneste-iks", False),
        ("The Council", None, f"{ID}aktoer/raadet", True),
        ("Vannforsyning i Fosen", "Measure", MEASURE, False),
        ("Nord universitett", "Organisation", f"{ID}aktoer/nord-universitet", False),
        ("samarbeidspartner", "Concept", f"{CODE}rolle/samarbeidspartner", True),
        ("samarbeidspartner", "Concept/rolle", f"{CODE}rolle/samarbeidspartner", True),
        (OSEN, "Unit", OSEN, True),
        ("944 350 675", "Actor", f"{ID}aktoer/osen-kommune", True),
        (f"Osen kommune ({OSEN})", "Actor", f"{ID}aktoer/osen-kommune", True),
        (f"NO {OSEN} MVA", None, f"{ID}aktoer/osen-kommune", True),
        (MEASURE, None, MEASURE, True),
    ],
)  # fmt: skip
def test_a_name_or_a_number_finds_who_is_meant(query: str, type_: str | None, first: str, sure: bool) -> None:
    """The likeliest first; sure only where the name or the number leaves no doubt."""
    found = one(query, **({"type": type_} if type_ else {}))
    assert (found[0]["id"], found[0]["match"]) == (first, sure)
    assert [one["match"] for one in found[1:]] == [False] * len(found[1:])
    assert [one["score"] for one in found] == sorted((one["score"] for one in found), reverse=True)


@pytest.mark.parametrize("query", ["Xyzzy AS", "kommune", "", " ", "og", "(", "\u0000", "944305484", "👩‍🚒" * 200])
def test_nobody_is_meant(query: str) -> None:
    assert [found["name"] for found in one(query) if found["match"]] == []


def test_without_a_type_the_plan_and_the_register_are_one() -> None:
    """The unit that an actor is linked to is no rival of it."""
    first, second, old = one("Åfjord kommune")[:3]
    assert (first["id"], second["id"], old["id"]) == (f"{ID}aktoer/aafjord-kommune", CURRENT, OLD)
    assert first["match"] and "deleted" in {feature["id"] for feature in old["features"]}


def test_the_points_of_the_features_make_the_score() -> None:
    found = one("Roret KF", type="Unit")[0]
    assert found["score"] == max(0, min(100, sum(feature["value"] for feature in found["features"])))
    assert {"begins", "extra-word", "same-form"} <= {feature["id"] for feature in found["features"]}


def test_a_sole_proprietor_is_nowhere() -> None:
    """Persons are not in the copy, so no query brings one up."""
    asked = [f"/reconcile/suggest/entity?prefix={letter}&type=Unit" for letter in "abehst"]
    found = [unit for path in asked for unit in get(path, "Suggested")["result"]]
    assert found
    assert not [unit for unit in found if "Unit/ENK" in {type_["id"] for type_ in unit["notable"]}]
    assert one("ENK", type="Unit/ENK") == []


# Types and conditions


def test_a_type_holds_the_narrower_ones() -> None:
    """A body is an organisation, and both are actors; a form is a unit."""
    for type_ in ("CollegialBody", "Organisation", "Actor", ["Measure", "Actor"], {"id": "Actor"}):
        found = client().post("/reconcile", data={"queries": f'{{"q": {{"query": "Rådet", "type": {_json(type_)}}}}}'})
        assert found.json["q"]["result"][0]["id"] == f"{ID}aktoer/raadet"
    assert {f["id"] for f in one("Åfjord kommune", type="Unit/IKS")} & {CURRENT, OLD} == set()
    assert one("Rådet", type="NoSuchType") == []


def _json(value: object) -> str:
    return str(value).replace("'", '"') if not isinstance(value, str) else f'"{value}"'


def test_a_property_tells_namesakes_apart() -> None:
    """In 0.2 it adds or takes; what is taken for the same without it is not when it disagrees."""
    alone = one("Åfjord kommune", type="Unit")[0]
    right = one("Åfjord kommune", type="Unit", properties=[{"pid": "municipality", "v": "Åfjord"}])[0]
    wrong = one("Åfjord kommune", type="Unit", properties=[{"pid": "municipality", "v": "Bergen"}])[0]
    by_number = one("Åfjord kommune", type="Unit", properties=[{"pid": "municipality", "v": {"id": "5058"}}])[0]
    assert alone["score"] == right["score"] - 5 == by_number["score"] - 5 == wrong["score"] + 15
    assert (alone["match"], right["match"], wrong["match"]) == (True, True, False)


def test_an_empty_cell_says_nothing() -> None:
    """OpenRefine's rows may lack the other column."""
    alone = one("Åfjord kommune", type="Unit")
    for empty in ("", " ", []):
        assert one("Åfjord kommune", type="Unit", properties=[{"pid": "municipality", "v": empty}]) == alone


@pytest.mark.parametrize(
    ("condition", "stays"),
    [
        (conditioned("responsible", "Rådet", required=True), True),
        (conditioned("responsible", {"id": f"{ID}aktoer/raadet"}, required=True), True),
        (conditioned("responsible", {"id": f"{ID}aktoer/raadet"}, required=True, matchQuantifier="none"), False),
        (conditioned("partner", ["NVE", "Vannverk"], required=True, matchQuantifier="all"), True),
        (conditioned("partner", ["NVE", "NTNU"], required=True, matchQuantifier="all"), False),
        (conditioned("partner", ["NVE", "NTNU"], required=True), True),
        (conditioned("plan", f"{ID}2022-2024", required=True), True),
        (conditioned("no-such-property", "x", required=True), False),
        (conditioned("no-such-property", "x"), True),
    ],
)
def test_what_is_required_leaves_out_the_others(condition: dict[str, object], stays: bool) -> None:
    """1.0-draft: any, all or none of the values."""
    name = {"matchType": "name", "v": "Vannforsyning Fosen"}
    found = match({"conditions": [name, condition], "type": "Measure"})[0]
    assert (MEASURE in {entity["id"] for entity in found}) is stays


def test_conditions_alone_choose_among_few() -> None:
    """Which bodies are responsible for something: without a name, none is sure."""
    found = match({"type": "CollegialBody", "conditions": [conditioned("role", "ansvarlig", required=True)]})[0]
    assert f"{ID}aktoer/raadet" in {entity["id"] for entity in found}
    assert not any(entity["match"] for entity in found)


def test_the_number_as_a_property_finds_the_unit() -> None:
    told = [{"pid": "organisation-number", "v": 944350675}]
    assert one("", type="Unit", properties=told)[0]["id"] == OSEN
    first = one("Osen komune", type="Unit", properties=told)[0]
    assert first["id"] == OSEN and "property:organisation-number" in {f["id"] for f in first["features"]}


def test_the_draft_and_0_2_find_the_same() -> None:
    """Under both names of the address that the drafts have had; the draft's features and names say more."""
    for path in ("/reconcile/v1/match", "/reconcile/v1/reconcile"):
        found = match(named("Roret KF", limit=2), named("NVE", type="Unit"), path=path)
        old = batch({"a": {"query": "Roret KF", "limit": 2}, "b": {"query": "NVE", "type": "Unit"}})
        assert [[one["id"] for one in some] for some in found] == [[one["id"] for one in old[name]] for name in "ab"]
        assert len(found[0]) == 2 and all(feature["name"] for feature in found[0][0]["features"])


def test_an_id_is_asked_for_as_such() -> None:
    assert match({"conditions": [{"matchType": "id", "v": MEASURE}]})[0][0]["id"] == MEASURE


# More data


@pytest.mark.parametrize("path", ["/reconcile", "/reconcile/v1/extend"])
def test_more_is_fetched_of_the_plan_and_of_the_register(path: str) -> None:
    """An actor that is linked has what the register says, too."""
    rows = extended(
        [MEASURE, f"{ID}aktoer/indre-fosen-kommune", INDRE_FOSEN, "nobody"],
        "name", "responsible", "partner", "plan", "role", "organisation-number", "municipality", "former-name", "form",
        "registered", "status", "unit", "actor", "parent", "no-such-property", path=path,
    )  # fmt: skip
    actor, unit = rows[f"{ID}aktoer/indre-fosen-kommune"], rows[INDRE_FOSEN]
    assert [one["id"] for one in rows[MEASURE]["responsible"]] == [f"{ID}aktoer/raadet"]
    assert {one["name"] for one in rows[MEASURE]["partner"]} == {"NVE", "Vannverk", "Nettselskaper"}
    assert [one["id"] for one in rows[MEASURE]["plan"]] == [f"{ID}2022-2024"]
    assert actor["organisation-number"][0]["str"] == unit["organisation-number"][0]["str"] == INDRE_FOSEN
    for own in (actor, unit):
        assert own["former-name"] == [{"str": "RISSA KOMMUNE"}] and own["form"] == [{"str": "KOMM"}]
        assert own["registered"][0]["date"].endswith("T00:00:00Z") and own["status"] == [{"str": "registrert"}]
        assert own["unit"] == [{"id": INDRE_FOSEN, "name": "INDRE FOSEN KOMMUNE"}]
    assert unit["actor"][0]["id"] == f"{ID}aktoer/indre-fosen-kommune"
    assert not any(rows["nobody"].values()) and rows[MEASURE]["no-such-property"] == []


def test_a_place_is_found_by_its_name_and_number() -> None:
    """With what it was before, and where the national registers have it."""
    told = {"pid": "municipality-number", "v": "5058"}
    found = one("Åfjord", type="Location", properties=[told])
    place = found[0]["id"]
    assert found[0]["match"] and place.startswith(f"{ID}sted/")
    row = extended([place], "municipality-number", "predecessor", "same-as")[place]
    assert row["municipality-number"] == [{"str": "5058"}] and len(row["predecessor"]) == 2
    assert any("geonorge" in value["str"] for value in row["same-as"])
    assert place in {one["id"] for one in get("/reconcile/suggest/entity?prefix=åfjo", "Suggested")["result"]}


def test_a_setting_chooses_language_and_number() -> None:
    english = {"id": "name", "settings": {"lang": "en", "limit": "1"}}
    assert extended([MEASURE], english)[MEASURE]["name"] == [{"str": "Water supply Fosen"}]
    assert extended([MEASURE], {"id": "partner", "settings": {"limit": 2}})[MEASURE]["partner"][1:][0]["id"]
    assert len(extended([MEASURE], {"id": "partner", "settings": {"limit": 2}})[MEASURE]["partner"]) == 2


def test_all_properties_of_many_things_at_once() -> None:
    """As many as are allowed; the answer fits its schema."""
    ids = [entity["id"] for entity in get("/reconcile/suggest/entity?prefix=fosen", "Suggested")["result"]]
    names = [one["id"] for one in get("/reconcile/extend/propose?type=", "Proposed")["properties"]]
    assert len(extended([*ids, *map(str, range(IDS - len(ids)))], *names)) == IDS


# Suggestions


def test_the_beginning_of_a_name_is_completed() -> None:
    """Of the plan and of the register; names that begin so first; twenty at a time."""
    found = get("/reconcile/suggest/entity?prefix=Indre+Fos", "Suggested")["result"]
    assert found[0]["id"] == f"{ID}aktoer/indre-fosen-kommune"
    assert INDRE_FOSEN in {one["id"] for one in found}
    first, second = (get(f"/reconcile/suggest/entity?prefix=k&cursor={n}", "Suggested")["result"] for n in (0, 20))
    assert len(first) == 20 and not {one["id"] for one in first} & {one["id"] for one in second}
    assert get(f"/reconcile/suggest/entity?prefix={OSEN}&type=Unit", "Suggested")["result"][0]["id"] == OSEN
    measures = get("/reconcile/suggest/entity?prefix=vann&type=Measure", "Suggested")["result"]
    assert [one["id"] for one in measures] == [MEASURE]
    assert get("/reconcile/suggest/entity?prefix=", "Suggested")["result"] == []


def test_types_and_properties_are_completed_in_the_reader_s_language() -> None:
    """By a word of their name or by their id; all of them where nothing is typed."""
    assert [one["id"] for one in get("/reconcile/suggest/type?prefix=aksjesel", "Suggested")["result"]] == ["Unit/AS"]
    assert get("/en/reconcile/suggest/type?prefix=limited+comp", "Suggested")["result"][0]["id"] == "Unit/AS"
    assert get("/reconcile/v1/suggest/property?prefix=komm", "Suggested")["result"][0]["name"] == "kommune"
    english = get("/reconcile/suggest/property?prefix=muni", "Suggested", **{"Accept-Language": "en-GB, nb;q=0.5"})
    assert [one["name"] for one in english["result"]] == ["municipality", "municipality number"]
    seen: list[str] = []
    while page := get(f"/reconcile/suggest/type?prefix=&cursor={len(seen)}", "Suggested")["result"]:
        seen += [one["id"] for one in page]
    assert len(seen) == len(set(seen)) > 50 and {"Measure", "Concept/rolle", "Unit/KOMM"} <= set(seen)


# Manifests


@pytest.mark.parametrize(("path", "schema", "version"), [
    ("/reconcile", "Manifest02", "0.2"), ("/en/reconcile/", "Manifest02", "0.2"),
    ("/reconcile/v1", "Manifest1", "1.0-draft"), ("/en/reconcile/v1", "Manifest1", "1.0-draft"),
])  # fmt: skip
def test_a_manifest_says_what_is_there(path: str, schema: str, version: str) -> None:
    """Whatever is announced answers; without a register none is announced."""
    told = get(path, schema)
    assert client().get(path).headers["Content-Language"] == ("en" if path.startswith("/en") else "nb")
    assert told["versions"] == [version] and told["batchSize"] == 50
    assert "Unit" in {one["id"] for one in told["defaultTypes"]}
    plain = get(path, schema, without_register())
    assert "Enhetsregisteret" in told["name"] and "Enhetsregisteret" not in plain["name"]
    assert "Unit" not in {one["id"] for one in plain["defaultTypes"]}
    here = path.rstrip("/")
    assert told["view"]["url"].startswith(f"http://localhost{here.removesuffix('/v1')}/view?id=")
    for kind in ("entity", "type", "property"):
        get(f"{here}/suggest/{kind}?prefix=a", "Suggested")
    assert client().get(told["documentation"].removeprefix("http://localhost")).status_code == 200


def test_without_a_register_the_plan_is_all_there_is() -> None:
    to = without_register()
    assert one("Åfjord kommune", to)[0]["match"] is True
    assert one("Åfjord kommune", to, type="Unit") == []
    kinds = [f["id"] for f in get("/reconcile/suggest/type?prefix=&cursor=0", "Suggested", to)["result"]]
    assert "Unit" not in kinds
    assert to.get(f"/reconcile/view?id={OSEN}").status_code == 303  # the register's own page needs no copy
    assert to.get(f"/reconcile/preview?id={OSEN}").status_code == 404


# The register's copy


def test_a_copy_that_is_replaced_is_taken_up(tmp_path: Path) -> None:
    """None, then one, then one of no make: what is there when somebody asks."""
    place = tmp_path / "copy.sqlite"
    to = app(place).test_client()
    assert one(OSEN, to, type="Unit") == []
    shutil.copy(copy(), place)
    assert one(OSEN, to, type="Unit")[0]["id"] == OSEN
    (tmp_path / "other").write_text("no register")
    (tmp_path / "other").rename(place)
    assert one(OSEN, to, type="Unit") == []


def test_a_copy_that_is_named_and_not_there_stops_the_start(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Whoever names it means it; the remedy says how one is made."""
    assert main(["serve", "--lang", "en", "--register", str(tmp_path / "none.sqlite")]) == 2
    assert "registry fetch" in capsys.readouterr().err


def test_many_threads_share_few_handles() -> None:
    """Each waits for its turn, and all find what they look for."""
    lent = Registers(copy())
    found: list[str] = []

    def look() -> None:
        for _ in range(5):
            with lent.lent() as register:
                unit = register.unit(OSEN) if register else None
                found.append(unit.name if unit else "")

    threads = [threading.Thread(target=look) for _ in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    assert found == ["OSEN KOMMUNE"] * 60
