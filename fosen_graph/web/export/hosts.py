"""Nothing in; the files out that let hosts which know them choose a format by Accept and name the media types."""

from __future__ import annotations

from fosen_graph.formats import GRAPH_FORMATS, RDF_FORMATS

_KINDS = "code|graph|dataset|release|question"


def host_files() -> dict[str, str]:
    """Apache reads .htaccess; Netlify and its like read _headers; GitHub must be told to leave dotfiles alone."""
    return {".htaccess": _apache(), "_headers": _headers(), ".nojekyll": ""}


def _apache() -> str:
    """An IRI leads to its page or to its data with 303, as the server does it."""
    lines = ["# Made by fosen-graph export-site.", "ErrorDocument 404 /404.html", "DirectorySlash Off"]
    lines += [f"AddType {format_.media_type} .{format_.extension}" for format_ in RDF_FORMATS]
    lines += ["<IfModule mod_headers.c>", 'Header set Access-Control-Allow-Origin "*"', "</IfModule>"]
    lines += ["<IfModule mod_rewrite.c>", "RewriteEngine On"]
    for format_ in GRAPH_FORMATS:
        accepted = [f"RewriteCond %{{HTTP_ACCEPT}} {format_.media_type.replace('+', '[+]')}"]
        lines += [*accepted, f"RewriteRule ^id/(.+?)/?$ doc/$1.{format_.extension} [R=303,L]"]
        lines += [*accepted, f"RewriteRule ^((?:{_KINDS})/.+?)/?$ doc/$1.{format_.extension} [R=303,L]"]
        lines += [*accepted, f"RewriteRule ^(ns|shapes|catalogue)$ $1.{format_.extension} [L]"]
    lines += ["RewriteRule ^.well-known/void$ void.ttl [R=303,L]"]
    lines += ["RewriteCond %{REQUEST_FILENAME} -d", "RewriteRule ^(.+[^/])$ $1/index.html [L]"]
    return "\n".join([*lines, "</IfModule>"]) + "\n"


def _headers() -> str:
    blocks = ["/*\n  Access-Control-Allow-Origin: *"]
    blocks += [f"/*.{format_.extension}\n  Content-Type: {format_.content_type}" for format_ in RDF_FORMATS]
    return "\n".join(blocks) + "\n"
