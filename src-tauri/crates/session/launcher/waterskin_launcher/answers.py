"""Keeps the answers that a page waits for.

A run's beginning empties the session's queue of messages but for a few kinds (Streamlit
1.40 to 1.67, `runtime/forward_msg_queue.py`, `clear`). A click on the button of a deferred
download asks for a run and for the file at once, and the answer, which has the file's
address, can be among them: the button then waits until it gives up.
"""

# The answer's kind in 1.52, and later.
_ANSWERS = {"deferred_file_response", "backend_operation_response"}


def keep():
    """Has every queue keep them, whatever else the run replaces."""
    from streamlit.runtime.forward_msg_queue import ForwardMsgQueue

    # One that is made otherwise is left as it is: a button may wait there, and the app runs.
    if not isinstance(getattr(ForwardMsgQueue(), "_queue", None), list):
        return
    clear = ForwardMsgQueue.clear

    def clear_but_answers(queue, retain_lifecycle_msgs=False, *more, **named):
        answers = []
        if retain_lifecycle_msgs:
            answers = [it for it in queue._queue if it.WhichOneof("type") in _ANSWERS]
        clear(queue, retain_lifecycle_msgs, *more, **named)
        # A version of Streamlit that keeps them by itself is not to send them twice.
        kept = {id(message) for message in queue._queue}
        queue._queue[:0] = [it for it in answers if id(it) not in kept]

    ForwardMsgQueue.clear = clear_but_answers
