"""The examples on a real Streamlit: `python -m unittest discover examples/tests`."""

import logging
import sys
import unittest
from pathlib import Path

from streamlit.testing.v1 import AppTest

# Streamlit reminds in every test that no server is there.
logging.disable(logging.WARNING)

EXAMPLES = Path(__file__).resolve().parents[1]


def app(name: str) -> AppTest:
    return AppTest.from_file(str(EXAMPLES / name / "app.py"), default_timeout=60)


class Hello(unittest.TestCase):
    def test_slider_changes_the_text(self):
        page = app("hello").run()
        self.assertEqual(page.title[0].value, "Hello From Streamlit")
        page.slider(key="litres").set_value(7).run()
        self.assertIn("**7** litres", page.markdown[1].value)

    def test_sips_are_counted(self):
        page = app("hello").run()
        page.button(key="sip").click().run().button(key="sip").click().run()
        self.assertEqual(page.markdown[-1].value, "You took 2 sips.")


class Explorer(unittest.TestCase):
    def test_sample_is_shown(self):
        page = app("explorer").run()
        self.assertFalse(page.exception)
        self.assertEqual(page.metric[0].value, "1,095")

    def test_filter_leaves_rows_out(self):
        page = app("explorer").run()
        page.multiselect(key="columns harbours.csv").set_value(["harbour", "ships", "date"]).run()
        page.multiselect(key="filter harbours.csv harbour").set_value(["Saltholm"]).run()
        self.assertFalse(page.exception)
        self.assertEqual(page.metric[0].value, "365")

    def test_filter_without_a_match_says_so(self):
        page = app("explorer").run()
        page.text_input(key="search harbours.csv").set_value("no such word").run()
        self.assertFalse(page.exception)
        self.assertEqual(page.info[0].value, "No row passes the filters.")

    def test_every_upload_gets_a_table_or_one_plain_sentence(self):
        uploads = {
            "empty": (b"", "The file is empty."),
            "blank": (b" \r\n\r\n", "The file is empty."),
            "header only": (b"a,b\n", "The file has a header, but no rows."),
            "binary": (b"PK\x03\x04\0\0\0\0", "This is not a text file."),
            "ragged": (b"a,b\n1,2\n1,2,3,4\n", "The rows do not fit the header."),
            "same names": (b"a, a\n1,2\n", "Two columns of the file have the same name."),
            "one column": ("größe\n1\n2\n".encode(), None),
            "cp1252": ("name;größe\nA;1,5\nB;2,5\n".encode("cp1252"), None),
            "utf-16": ("a\tb\n1\t2\n".encode("utf-16"), None),
            "odd names": (b'"a.b","c[0]","d:Q"\n1,x,2\n2,y,3\n', None),
            "open quote": (b'a,b\n1,"2\n', "The rows do not fit the header."),
            "zones": (b"t,n\n2025-01-01T00:00:00+02:00,1\n2025-07-01T00:00:00+01:00,2\n", None),
            "no such day": (b"t,n\n2025-02-30,1\n2025-02-28,2\n", None),
            "gaps": (b"t,n,e\n2025-01-01,1,\n,,\n2025-01-03,3,\n", None),
            "huge numbers": (b"n\n123456789012345678901234567890\n2\n", None),
            "booleans": (b"b,n\nTrue,1\nFalse,2\n,3\n", None),
        }
        for name, (content, error) in uploads.items():
            with self.subTest(name):
                page = app("explorer").run()
                page.file_uploader(key="file").set_value((f"{name}.csv", content, "text/csv")).run()
                self.assertFalse(page.exception, "a bad file must not end in a traceback")
                if error is not None:
                    self.assertIn(error, page.error[0].value)
                    continue
                self.assertFalse(page.error)
                columns = page.multiselect(key=f"columns {name}.csv")
                columns.set_value(columns.options).run()
                self.assertFalse(page.exception, "every column must be ready to filter")


class Tables(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        sys.path.insert(0, str(EXAMPLES / "explorer"))
        cls.addClassCleanup(sys.path.remove, str(EXAMPLES / "explorer"))

    def test_decimal_commas_go_in_and_out(self):
        import tables

        table = tables.read(b"name;size\nA;1,5\nB;2,5\n")
        self.assertEqual(table.frame["size"].tolist(), [1.5, 2.5])
        kept = tables.apply(table.frame, tables.Filters(ranges={"size": (2, 3)}))
        self.assertEqual(tables.write(kept, table.separator), b"name;size\nB;2,5\n")

    def test_search_takes_no_character_for_a_pattern(self):
        import tables

        table = tables.read(b"a,b\n(x,1\n.*,2\n")
        kept = tables.apply(table.frame, tables.Filters(search="(X"))
        self.assertEqual(kept["a"].tolist(), ["(x"])


class Chat(unittest.TestCase):
    def test_answer_is_streamed_into_the_history(self):
        page = app("chat").run()
        page.select_slider(key="speed").set_value(80).run()
        page.chat_input(key="prompt").set_value("How do I find water?").run()
        self.assertFalse(page.exception)
        self.assertEqual([message.name for message in page.chat_message], ["user", "assistant"])
        self.assertGreater(len(page.session_state.messages[1]["content"].split()), 5)
        page.button(key="clear").click().run()
        self.assertEqual(len(page.chat_message), 0)


class ChatModel(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        sys.path.insert(0, str(EXAMPLES / "chat"))
        cls.addClassCleanup(sys.path.remove, str(EXAMPLES / "chat"))

    def test_same_seed_same_words(self):
        from model import Model, Settings

        model = Model((EXAMPLES / "chat" / "notes.txt").read_text(encoding="utf-8"))
        first, again, other = (
            list(model.reply("find water", Settings(1.5), seed)) for seed in (1, 1, 2)
        )
        self.assertEqual(first, again)
        self.assertNotEqual(first, other)

    def test_replies_end(self):
        from model import Model, Settings

        model = Model("One word leads to one word leads to one word.")
        for temperature in (0.0, 0.7, 1.5):
            words = list(model.reply("word", Settings(temperature, 20), 3))
            self.assertLessEqual(len(words), 43)

    def test_unknown_words_get_the_greeting(self):
        from model import GREETING, Model, Settings

        model = Model("Water is wet.")
        self.assertEqual("".join(model.reply("xyzzy ¿?", Settings(), 1)).strip(), GREETING)


if __name__ == "__main__":
    unittest.main()
