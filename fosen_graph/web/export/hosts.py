"""Nothing in; the files out that let hosts which know them choose a format by Accept and name the media types."""

from __future__ import annotations

import re
from collections.abc import Mapping

from fosen_graph.formats import GRAPH_FORMATS, RDF_FORMATS, TURTLE
from fosen_graph.web.address import OTHER_THINGS

_THINGS = f"(?:{'|'.join(kind for kind in OTHER_THINGS if kind != 'catalogue')})"
_DOCUMENTS = "ns|shapes|catalogue"
_OTHER_TYPES = {"application/atom+xml": "atom", "text/plain; charset=utf-8": "txt"}
_ROOT = "%{ENV:ROOT}"  # the path that the folder is served at, with the last slash


def host_files(root: str, retired: Mapping[str, str]) -> dict[str, str]:
    """
    Apache reads .htaccess; Netlify and its like read _headers; GitHub must be told to leave dotfiles alone.

    root: the path that the site says it is served at. retired: paths of things to those of what took over, or "".
    """
    return {".htaccess": _apache(root, retired), "_headers": _headers(), ".nojekyll": ""}


def _apache(root: str, retired: Mapping[str, str]) -> str:
    """An IRI leads to its page or to its data with 303, as the server does it, wherever the folder is served."""
    lines = ["# Made by fosen-graph export-site.", "DirectorySlash Off", "DirectoryIndex index.html"]
    lines += [f'AddType "{format_.content_type}" .{format_.extension}' for format_ in RDF_FORMATS]
    lines += [f'AddType "{media_type}" .{ending}' for media_type, ending in _OTHER_TYPES.items()]
    lines += ["<IfModule mod_headers.c>", 'Header always set Access-Control-Allow-Origin "*"']
    lines += ["<IfModule mod_setenvif.c>"]
    lines += [f'SetEnvIf Request_URI "/(?:id|{_THINGS})/|/(?:{_DOCUMENTS})$" negotiated']
    lines += [
        "Header always merge Vary Accept env=negotiated",
        "Header always merge Vary Accept env=REDIRECT_negotiated",
    ]
    lines += ["</IfModule>", "</IfModule>", "<IfModule mod_rewrite.c>", "RewriteEngine On"]
    lines += ["RewriteCond %{REQUEST_URI}::$0 ^(.*?/)(.*)::\\2$", "RewriteRule ^.*$ - [E=ROOT:%1]"]
    lines += [_leads_on(thing, heir) for thing, heir in retired.items() if heir]
    for ending in (f"\\.{format_.extension}" for format_ in GRAPH_FORMATS):
        lines += [f"RewriteRule ^id/(.+{ending})$ {_ROOT}doc/$1 [R=303,L]"]
        lines += [f"RewriteRule ^({_THINGS}/.+{ending})$ {_ROOT}doc/$1 [R=303,L]"]
    for only_best in (True, False):
        for format_ in GRAPH_FORMATS:
            lines += _to_data(format_.media_type, format_.extension, only_best)
    lines += ["RewriteCond %{HTTP_ACCEPT} !text/html"]
    lines += [f"RewriteRule ^id/(.+?)/?$ {_ROOT}doc/$1.{TURTLE.extension} [R=303,L]"]
    lines += ["RewriteCond %{HTTP_ACCEPT} !text/html"]
    lines += [f"RewriteRule ^({_THINGS}/.+?)/?$ {_ROOT}doc/$1.{TURTLE.extension} [R=303,L]"]
    lines += [f"RewriteRule ^id/(.+?)/?$ {_ROOT}doc/$1 [R=303,L]"]
    lines += [f"RewriteRule ^({_THINGS}/.+?)/?$ {_ROOT}doc/$1 [R=303,L]"]
    lines += [f"RewriteRule ^.well-known/void$ {_ROOT}void.ttl [R=303,L]"]
    lines += ["RewriteCond %{REQUEST_FILENAME} -d", "RewriteRule ^(.+[^/])$ $1/index.html [L]"]
    return "\n".join([*lines, "</IfModule>", f"ErrorDocument 404 {root}404.html"]) + "\n"


def _leads_on(thing: str, heir: str) -> str:
    """The IRI, the pages and the data of what was merged, to those of what took over: 301."""
    here, there = (path.removeprefix("id/") for path in (thing, heir))
    return f"RewriteRule ^(id|doc|en/doc)/{re.escape(here)}(\\.[a-z]+)?/?$ {_ROOT}$1/{there}$2 [R=301,L]"


def _to_data(media_type: str, ending: str, only_best: bool) -> list[str]:
    """Apache cannot weigh an Accept: a page that stands there without a weight goes first, then data without one."""
    unweighed = r"\s*(,|$)"
    wanted = media_type.replace("+", "[+]") + (unweighed if only_best else "")
    conditions = [f"RewriteCond %{{HTTP_ACCEPT}} !text/html{unweighed}", f"RewriteCond %{{HTTP_ACCEPT}} {wanted}"]
    targets = [
        f"RewriteRule ^id/(.+?)/?$ {_ROOT}doc/$1.{ending} [R=303,L]",
        f"RewriteRule ^({_THINGS}/.+?)/?$ {_ROOT}doc/$1.{ending} [R=303,L]",
        f"RewriteRule ^({_DOCUMENTS})$ $1.{ending} [L]",
    ]
    return [line for target in targets for line in (*conditions, target)]


def _headers() -> str:
    blocks = ["/*\n  Access-Control-Allow-Origin: *"]
    blocks += [f"/*.{format_.extension}\n  Content-Type: {format_.content_type}" for format_ in RDF_FORMATS]
    return "\n".join(blocks) + "\n"
