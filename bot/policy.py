"""What a page of ours may load, who may frame it, where its forms may lead."""

from collections.abc import Iterable


def policy(
    *, frames: Iterable[str] = (), forms: Iterable[str] = (), connects: bool = False
) -> dict[str, str]:
    """The headers of a page: what it may load, who may frame it, where its forms may lead.

    Scripts and styles are files of our own: nothing inline, no eval. `frames`: origins besides
    our own; `forms`: origins a form may end at, redirects included; `connects`: to our own API.
    """
    own = "'self'"
    parts = {
        "default-src": "'none'",
        "script-src": own,
        "style-src": own,
        "img-src": own,
        "connect-src": own if connects else "'none'",
        "base-uri": "'none'",
        "form-action": " ".join(forms) or "'none'",
        "frame-ancestors": " ".join([own, *frames]),
    }
    return {
        "Content-Security-Policy": "; ".join(f"{name} {value}" for name, value in parts.items()),
        "X-Content-Type-Options": "nosniff",
        "Referrer-Policy": "no-referrer",
        "Permissions-Policy": "camera=(), geolocation=(), microphone=()",
        "Cross-Origin-Opener-Policy": "same-origin",
    }
