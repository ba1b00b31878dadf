# Compiles Python files to bytecode that is the same on every machine, and tells how it goes, one
# line of JSON for each chunk of files. Reads its job as JSON from the first argument's file.
import concurrent.futures
import json
import os
import py_compile
import sys

CHUNK = 64


def compile_chunk(chunk):
    failures = []
    for path, name in chunk:
        try:
            py_compile.compile(
                path,
                dfile=name,
                doraise=True,
                invalidation_mode=py_compile.PycInvalidationMode.UNCHECKED_HASH,
            )
        except py_compile.PyCompileError as error:
            cause = error.exc_value
            failures.append(
                {
                    "file": path,
                    "line": getattr(cause, "lineno", None),
                    "message": getattr(cause, "msg", None) or str(cause),
                }
            )
        except (ValueError, RecursionError, OSError) as error:
            failures.append({"file": path, "line": None, "message": str(error)})
    return {"done": len(chunk), "failed": failures}


def main():
    with open(sys.argv[1], encoding="utf-8") as file:
        files = json.load(file)
    chunks = [files[start : start + CHUNK] for start in range(0, len(files), CHUNK)]
    with concurrent.futures.ProcessPoolExecutor(os.cpu_count()) as pool:
        for report in pool.map(compile_chunk, chunks):
            print(json.dumps(report), flush=True)


if __name__ == "__main__":
    main()
