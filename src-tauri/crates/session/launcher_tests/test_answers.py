"""What a page asks for is answered, whatever the script does meanwhile."""

from harness import LauncherTest
from streamlit.proto.BackMsg_pb2 import BackMsg

# Without `answers.keep` one of the first three answers was lost.
ROUNDS = 20

# The end of a run takes the files of the run before away, so it must not be there at once. Without the
# mend, no answer was lost in runs of 0.4 s, nor in one that waits until it is asked.
SCRIPT = """
import time
import streamlit as st
if tuple(map(int, st.__version__.split(".")[:2])) >= (1, 52):
    st.download_button("a", lambda: b"made", file_name="a.txt", key="a")
st.text("end")
time.sleep(0.2)
"""


def knows(message, field):
    return field in message.DESCRIPTOR.fields_by_name


class Answers(LauncherTest):
    def rounds(self, ask, answered):
        """Runs the script and asks at once, again and again."""
        app = self.launch(SCRIPT).wait_until_ready()
        with app.page() as page:
            page.run_script()
            messages = page.until_finished()
            for number in range(ROUNDS):
                page.run_script()
                page.connection.send(
                    ask(messages, f"request {number}").SerializeToString()
                )
                kinds, messages = set(), []
                while not {"script_finished", answered} <= kinds:
                    with self.subTest(round=number, seen=sorted(kinds)):
                        messages.append(page.next())
                    kinds.add(messages[-1].WhichOneof("type"))
                yield [it for it in messages if it.WhichOneof("type") == answered]

    def test_a_deferred_download_has_its_address(self):
        if knows(BackMsg, "backend_operation_request"):
            answered = "backend_operation_response"
        elif knows(BackMsg, "deferred_file_request"):
            answered = "deferred_file_response"
        else:
            self.skipTest("this version has no deferred downloads")

        def ask(messages, request):
            buttons = [
                it.delta.new_element.download_button
                for it in messages
                if it.delta.new_element.WhichOneof("type") == "download_button"
            ]
            if buttons:
                self.file = buttons[-1].deferred_file_id
            for it in messages:
                if it.WhichOneof("type") == "new_session":
                    self.session = it.new_session.initialize.session_id
            message = BackMsg()
            if answered == "deferred_file_response":
                message.deferred_file_request.file_id = self.file
                message.deferred_file_request.session_id = self.session
            else:
                asked = message.backend_operation_request
                asked.request_id = request
                asked.session_id = self.session
                asked.deferred_file.file_id = self.file
            return message

        for answers in self.rounds(ask, answered):
            self.assertEqual(len(answers), 1)
            self.assertIn("/media/", str(answers[0]))
