"""A WebSocket server that sends back what it gets, by the library that Streamlit's server uses.

Usage: echo.py SOCKET. Listens on the Unix socket and on a free port of 127.0.0.1, and prints the
port. Whoever started it ends it.
"""

import asyncio
import logging
import sys

from websockets.asyncio.server import serve, unix_serve

# Broken frames are what it is there for.
logging.getLogger("websockets").setLevel(logging.CRITICAL)


async def echo(socket):
    async for message in socket:
        await socket.send(message)


async def main():
    options = {"max_size": None, "compression": "deflate", "ping_interval": None}
    async with unix_serve(echo, sys.argv[1], **options):
        async with serve(echo, "127.0.0.1", 0, **options) as server:
            print(server.sockets[0].getsockname()[1], flush=True)
            await asyncio.Future()


asyncio.run(main())
