"""An OpenID Connect provider that logs everybody in as the same person, for the tests.

Usage: provider.py NAME EMAIL [strict]. Prints its address, then each request's path, and serves until
it is ended. A strict one refuses web views, as the large ones do, and wants to know of logouts.
"""

import base64
import hashlib
import http.server
import json
import re
import secrets
import sys
import time
import urllib.parse

from joserfc import jwk, jwt

NAME, EMAIL = sys.argv[1:3]
STRICT = sys.argv[3:] == ["strict"]
KEY = jwk.RSAKey.generate_key(2048, {"kid": "key", "use": "sig", "alg": "RS256"})
# What each code was given out for.
CODES = {}


class Provider(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        url = urllib.parse.urlsplit(self.path)
        query = dict(urllib.parse.parse_qsl(url.query))
        print(url.path, flush=True)
        if url.path == "/.well-known/openid-configuration":
            ends = {"end_session_endpoint": f"{ISSUER}/end"} if STRICT else {}
            self.answer(ends | {
                "issuer": ISSUER,
                "authorization_endpoint": f"{ISSUER}/authorize",
                "token_endpoint": f"{ISSUER}/token",
                "jwks_uri": f"{ISSUER}/keys",
                "response_types_supported": ["code"],
                "subject_types_supported": ["public"],
                "id_token_signing_alg_values_supported": ["RS256"],
                "code_challenge_methods_supported": ["S256"],
            })
        elif url.path == "/keys":
            self.answer({"keys": [KEY.as_dict(private=False)]})
        elif STRICT and not re.search("(Chrome|Firefox)/", self.headers["User-Agent"]):
            self.send_error(403, "disallowed_useragent")
        elif url.path == "/end":
            self.page(query["post_logout_redirect_uri"])
        elif url.path == "/authorize":
            code = secrets.token_urlsafe()
            CODES[code] = query
            back = urllib.parse.urlencode({"code": code, "state": query["state"]})
            self.page(f"{query['redirect_uri']}?{back}")
        else:
            self.send_error(404)

    def do_POST(self):
        print(self.path, flush=True)
        body = self.rfile.read(int(self.headers["Content-Length"]))
        form = dict(urllib.parse.parse_qsl(body.decode()))
        asked = CODES.pop(form["code"])
        digest = hashlib.sha256(form["code_verifier"].encode()).digest()
        challenge = base64.urlsafe_b64encode(digest).decode().rstrip("=")
        assert challenge == asked["code_challenge"], "another client's code"
        assert form["redirect_uri"] == asked["redirect_uri"]
        now = int(time.time())
        claims = {
            "iss": ISSUER, "aud": asked["client_id"], "sub": "1", "iat": now, "exp": now + 600,
            "nonce": asked["nonce"], "name": NAME, "email": EMAIL,
        }
        token = jwt.encode({"alg": "RS256", "kid": "key"}, claims, KEY)
        self.answer({"access_token": "access", "token_type": "Bearer", "id_token": token})

    def answer(self, value):
        self.send("application/json", json.dumps(value))

    def page(self, back):
        """A person has to agree, as with every provider."""
        self.send("text/html; charset=utf-8", f'<h1>Provider</h1><a id="agree" href="{back}">Agree</a>')

    def send(self, kind, text):
        body = text.encode()
        self.send_response(200)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_):
        pass


server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Provider)
# Another host than `localhost`, so that the way back comes from another site.
ISSUER = f"http://127.0.0.1:{server.server_address[1]}"
print(ISSUER, flush=True)
server.serve_forever()
