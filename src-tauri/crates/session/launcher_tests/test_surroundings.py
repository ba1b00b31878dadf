"""What the person's own machine says does not keep a packaged app from working."""

import json
import unittest

from harness import LauncherTest, wait_for

READ = """
import json, os, ssl, streamlit as st
names = ("SSL_CERT_FILE", "SSL_CERT_DIR", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE")
title = st.get_option("theme.primaryColor")
trusted = len(ssl.create_default_context().get_ca_certs())
st.text(json.dumps([{n: os.environ[n] for n in names if n in os.environ}, trusted, dict(st.secrets), title]))
"""


class Surroundings(LauncherTest):
    def read(self, **variables):
        packages = self.folder / "packages"
        packages.mkdir(exist_ok=True)
        app = self.launch(READ, variables, site_packages=[str(packages)]).wait_until_ready()
        with app.page() as page:
            seen = json.loads(page.texts()[0])
        # Two at once would have the same folder for their sockets.
        app.hang_up()
        wait_for(app.is_gone, what="the end of the app")
        return seen

    def test_certificates_of_nowhere_do_not_count(self):
        nowhere = str(self.folder / "nowhere.pem")
        variables, trusted, *_ = self.read(
            SSL_CERT_FILE=nowhere, SSL_CERT_DIR=nowhere, REQUESTS_CA_BUNDLE=nowhere
        )
        self.assertNotIn(nowhere, variables.values())
        self.assertGreater(trusted, 0)

    def test_certificates_that_are_there_do(self):
        import certifi

        variables, *_ = self.read(CURL_CA_BUNDLE=certifi.where())
        self.assertEqual(variables.get("CURL_CA_BUNDLE"), certifi.where())

    def test_secrets_of_the_persons_own_projects_are_not_the_apps(self):
        folder = self.folder / "home" / ".streamlit"
        folder.mkdir()
        for text in ('theirs = "x"\n', "[[[ no TOML\n"):
            (folder / "secrets.toml").write_text(text, encoding="utf-8")
            self.assertEqual(self.read()[2], {})

    def test_settings_of_the_persons_own_projects_are_not_the_apps(self):
        folder = self.folder / "home" / ".streamlit"
        folder.mkdir()
        theme = '[theme]\nprimaryColor = "#abcdef"\n'
        for text in (theme, "[[[ no TOML\n", '[server]\nport = "x"\n'):
            (folder / "config.toml").write_text(text, encoding="utf-8")
            self.assertIsNone(self.read()[3], text)
        # What can't be read at all, by anyone.
        (folder / "config.toml").unlink()
        (folder / "config.toml").mkdir()
        self.assertIsNone(self.read()[3])


if __name__ == "__main__":
    unittest.main()
