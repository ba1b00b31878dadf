# Compiles Python files to bytecode and prints one line of JSON: what stands between the names of a
# source and of its bytecode (PEP 3147), and the failures, each with the place of its file in the list.
# Its argument is a file with a JSON list of pairs: a file, and the name that its bytecode gets.
import json
import py_compile
import sys


def compile_file(number, path, name):
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
        return {"number": number, "line": getattr(cause, "lineno", None), "message": message}
    except (ValueError, RecursionError, OSError) as error:
        return {"number": number, "line": None, "message": str(error)}
    return None


with open(sys.argv[1], encoding="utf-8") as file:
    sources = enumerate(json.load(file))
outcomes = [compile_file(number, path, name) for number, (path, name) in sources]
failed = [outcome for outcome in outcomes if outcome]
print(json.dumps({"tag": sys.implementation.cache_tag, "failed": failed}))
