# Compiles Python files to bytecode and prints the failures as one line of JSON. Its argument is a
# file with a JSON list of pairs: a file, and the name that its bytecode gets.
import json
import py_compile
import sys


def compile_file(path, name):
    try:
        py_compile.compile(
            path,
            dfile=name,
            doraise=True,
            invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
        )
    except py_compile.PyCompileError as error:
        cause = error.exc_value
        message = getattr(cause, "msg", None) or str(cause)
        return {"file": path, "line": getattr(cause, "lineno", None), "message": message}
    except (ValueError, RecursionError, OSError) as error:
        return {"file": path, "line": None, "message": str(error)}
    return None


with open(sys.argv[1], encoding="utf-8") as file:
    outcomes = [compile_file(path, name) for path, name in json.load(file)]
print(json.dumps([outcome for outcome in outcomes if outcome]))
