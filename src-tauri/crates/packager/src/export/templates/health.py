"""Ends with 0 when the app is well: when its health route says `ok`.

The status alone would prove nothing, since Streamlit answers every address with its page.
"""

import http.client
import os
import sys


def is_well(environ):
    get = environ.get
    address = get("STREAMLIT_SERVER_ADDRESS") or "0.0.0.0"
    if address == "0.0.0.0":
        address = "127.0.0.1"
    port = int(get("PORT") or get("STREAMLIT_SERVER_PORT") or {{ port }})
    base = get("STREAMLIT_SERVER_BASE_URL_PATH", "").strip("/")
    path = f"/{base}/_stcore/health" if base else "/_stcore/health"
    connection = http.client.HTTPConnection(address, port, timeout=5)
    try:
        connection.request("GET", path)
        answer = connection.getresponse()
        return answer.status == 200 and answer.read(16).strip() == b"ok"
    except (OSError, http.client.HTTPException):
        return False
    finally:
        connection.close()


if __name__ == "__main__":
    sys.exit(0 if is_well(os.environ) else 1)
