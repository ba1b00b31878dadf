# Tells where an interpreter keeps its parts, as one line of JSON. Must run on Python 3.8.
import json
import os
import sys
import sysconfig

MODULES = (
    "_asyncio _bz2 _ctypes _curses _decimal _elementtree _hashlib _json _lzma _multiprocessing "
    "_pickle _posixsubprocess _queue _socket _sqlite3 _ssl _struct _uuid _zoneinfo binascii "
    "fcntl math mmap pyexpat readline select unicodedata zlib"
).split()


def importable(name):
    try:
        __import__(name)
    except Exception:
        return False
    return True


config = sysconfig.get_config_vars()
print(
    json.dumps(
        {
            "implementation": sys.implementation.name,
            "version": "%d.%d.%d" % sys.version_info[:3],
            "executable": os.path.realpath(getattr(sys, "_base_executable", None) or sys.executable),
            "base_prefix": os.path.realpath(sys.base_prefix),
            "abi_flags": getattr(sys, "abiflags", ""),
            "platlibdir": getattr(sys, "platlibdir", "lib"),
            "stdlib": os.path.realpath(sysconfig.get_path("stdlib")),
            "platstdlib": os.path.realpath(
                # A virtual environment names a folder of its own here, in which nothing is.
                sysconfig.get_path("platstdlib", vars={"platbase": sys.base_exec_prefix})
            ),
            "libdir": config.get("LIBDIR") or "",
            "modules": [name for name in MODULES if importable(name)],
        }
    )
)
