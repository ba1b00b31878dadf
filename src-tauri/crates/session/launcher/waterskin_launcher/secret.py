"""The secret that each request over TCP must carry, since any user may connect there."""

import hmac

HEADER = "x-waterskin-secret"


def matches(values, secret):
    """Whether `values`, all values of the header (bytes), are the one right value."""
    return len(values) == 1 and hmac.compare_digest(values[0], secret.encode())


class AsgiSecret:
    """An ASGI middleware: 403 without the secret; the app never sees the header."""

    def __init__(self, app, secret):
        self._app = app
        self._secret = secret

    async def __call__(self, scope, receive, send):
        if scope["type"] in ("http", "websocket"):
            name = HEADER.encode()
            headers = scope["headers"]
            if not matches([v for k, v in headers if k == name], self._secret):
                await _refuse(scope, receive, send)
                return
            scope = dict(scope, headers=[(k, v) for k, v in headers if k != name])
        await self._app(scope, receive, send)


async def _refuse(scope, receive, send):
    if scope["type"] == "websocket":
        await receive()
        # Closing before accepting is a 403 (ASGI specification, WebSocket, "Close").
        await send({"type": "websocket.close", "code": 1008})
        return
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": 403, "headers": headers})
    await send({"type": "http.response.body", "body": b"403: Forbidden"})
