"""A failure of the launcher itself, as opposed to one of the app."""

import sys

# EX_SOFTWARE of sysexits.h; Streamlit and uvicorn use 1 and 3.
EXIT_CODE = 70


class Failure(Exception):
    """Why the app cannot be started, in one line for people.

    `what` names the step, `why` the reason; `cause` is shown with its traceback
    where the reason alone would not tell an author what to change.
    """

    def __init__(self, what, why, cause=None):
        super().__init__(f"{what}: {why}")
        self.cause = cause

    def report(self):
        """Writes the failure to standard error."""
        if self.cause is not None:
            import traceback

            traceback.print_exception(
                type(self.cause), self.cause, self.cause.__traceback__
            )
        print(f"waterskin: {self}", file=sys.stderr, flush=True)
