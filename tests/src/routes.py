"""Prints the routes of this Python's Streamlit, one a line, with every option on that adds some.

Tornado names them by regular expressions, Starlette by templates. The app is made as Streamlit's
own server makes it (`web/server/server.py` in 1.40.2, `web/server/starlette` in 1.67.0).
"""

from streamlit import config
from streamlit.web.server.server import Server

for option in ("server.enableStaticServing", "server.scriptHealthCheckEnabled"):
    config.set_option(option, True)
server = Server("app.py", False)
if hasattr(server, "_create_app"):
    (rule,) = [rule for rule in server._create_app().default_router.rules if rule.target.rules]
    routes = [inner.matcher.regex.pattern for inner in rule.target.rules]
else:
    from streamlit.web.server.starlette.starlette_app import create_starlette_app

    routes = [route.path for route in create_starlette_app(server._runtime).routes]
for route in dict.fromkeys(routes):
    print(route)
