"""A server's address and a language in; what the service can do, as either version says it, out."""

from __future__ import annotations

from collections.abc import Mapping

from fosen_graph import __version__
from fosen_graph.findings import Lang
from fosen_graph.iris import FG
from fosen_graph.web.reconcile.asked import BATCH
from fosen_graph.web.reconcile.versions import V02, V1, Node, type_node
from fosen_graph.web.reconcile.vocabulary import DEFAULTS, UNIT
from fosen_graph.web.site import Site
from fosen_graph.web.wording import LANGUAGES, wording

PREVIEW = {"width": 430, "height": 280}  # pixels


def manifest(site: Site, root: str, version: str, lang: Lang, lists: Mapping[str, str], *, register: bool) -> Node:
    """root: of the server, in the language that was asked, with a slash at its end. register: whether one is loaded."""
    w = wording(lang)
    title = site.release.about.title.get(lang) or w("site.name")
    types = [one for one in DEFAULTS if register or one != UNIT]
    common: Node = {
        "versions": [version],
        "name": w("reconcile.name" if register else "reconcile.name_without", site=title),
        "documentation": f"{root}avstemming",
        "logo": f"{root.removesuffix('en/')}ns/logo.svg",
        "serviceVersion": __version__,
        "defaultTypes": [type_node(one, lang, lists) for one in types],
        "batchSize": BATCH,
    }
    return common | (_of_02(site, root, lang) if version == V02 else _of_1(root, lang))


def _of_02(site: Site, root: str, lang: Lang) -> Node:
    here = f"{root}reconcile"
    return {
        "identifierSpace": site.release.base,
        "schemaSpace": str(FG),
        "view": {"url": f"{here}/view?id={{{{id}}}}"},
        "feature_view": {"url": f"{root}avstemming#{{{{id}}}}"},
        "preview": {"url": f"{here}/preview?id={{{{id}}}}", **PREVIEW},
        "suggest": {
            kind: {"service_url": here, "service_path": f"/suggest/{kind}"} for kind in ("entity", "property", "type")
        },
        "extend": {
            "propose_properties": {"service_url": here, "service_path": "/extend/propose"},
            "property_settings": _settings(V02, lang),
        },
    }


def _of_1(root: str, lang: Lang) -> Node:
    return {
        "view": {"url": f"{root}reconcile/view?id={{id}}"},
        "featureView": {"url": f"{root}avstemming#{{id}}"},
        "preview": PREVIEW,
        "suggest": {"entity": True, "property": True, "type": True},
        "extend": {"proposeProperties": True, "propertySettings": _settings(V1, lang)},
        "standardizedScore": True,
        "lang": lang,
        "dir": "ltr",
    }


def _settings(version: str, lang: Lang) -> list[Node]:
    w = wording(lang)
    id_, name, help_ = ("name", "label", "help_text") if version == V02 else ("id", "name", "helpText")
    choices = [{"value": one, "name": w(f"reconcile.lang_{one}")} for one in LANGUAGES]
    more: tuple[tuple[str, Node], ...] = (
        ("limit", {"type": "number", "default": 0}),
        ("lang", {"type": "select", "default": lang, "choices": choices}),
    )
    return [
        {id_: key, name: w(f"reconcile.setting_{key}"), help_: w(f"reconcile.setting_{key}_help"), **own}
        for key, own in more
    ]
