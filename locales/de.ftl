## Der Startbildschirm: eine Zeile für alles, worauf gewartet wird

splash-wait-contact = Wird geöffnet
splash-wait-page = Die Seite wird geladen
splash-wait-python = Die App wird gestartet
splash-wait-upgrade = Verbindung zur App wird hergestellt
splash-wait-messages = Die erste Seite wird vorbereitet
splash-wait-keychain = Der Schlüsselbund des Systems wird gefragt

## Der Startbildschirm: was lange dauert

splash-slow-contact = Das Fenster hat die App noch nicht erreicht. Wenn der Computer beschäftigt ist, dauert das länger.
splash-slow-page = Die Seite lädt langsamer als sonst. Bisher ist alles in Ordnung.
splash-slow-python = Die App lädt die Teile, die sie braucht. Der erste Start nach einer Installation dauert am längsten.
splash-slow-upgrade = Die App läuft, und die Seite verbindet sich noch mit ihr.
splash-slow-messages = Die App arbeitet an ihrer ersten Seite. Große Dateien oder lange Berechnungen können etwas dauern.
splash-slow-keychain = Vielleicht bittet der Desktop Sie gerade, ihn zu entsperren, in einem Fenster hinter diesem.
splash-slow-again = Die Seite erscheint von selbst wieder, sobald die App antwortet.

## Der Startbildschirm: andere Zustände

splash-again = Die App wurde unterbrochen und startet neu
splash-again-count = Die App wurde unterbrochen und startet neu ({ $failures })
splash-reloading = Die Seite wird wieder angezeigt
splash-stopping = Wird geschlossen
splash-stopped = Die App ist geschlossen
splash-gave-up = Die App konnte nicht gestartet werden
splash-details = Details anzeigen
splash-step = Schritt { $step } von { $of }

## Fehler: Name und Bedeutung

failure-crashing-title = Die App bricht immer wieder ab
failure-crashing-meaning = Sie wurde mehrmals neu gestartet und jedes Mal wieder beendet. Ihre Dateien sind davon nicht betroffen.
failure-unresponsive-title = Die App antwortet nicht
failure-unresponsive-meaning = Sie wurde gestartet, konnte aber in der dafür vorgesehenen Zeit nichts anzeigen.
failure-damaged-title = Die App ist beschädigt
failure-damaged-meaning = Ein Teil fehlt oder wurde verändert, deshalb kann sie nicht gestartet werden. Eine neue Installation ersetzt alle Teile.
failure-too-new-title = Die App braucht eine neuere Version
failure-too-new-meaning = Sie wurde für eine neuere Version des Programms gemacht, das sie öffnet.
failure-no-app-title = Hier ist keine App
failure-no-app-meaning = Dieses Programm öffnet eine App, die neben ihm liegt, und dort ist keine. Vielleicht wurde es aus seinem Ordner verschoben.
failure-no-port-title = Die App hat keinen freien Port gefunden
failure-no-port-meaning = Sie spricht mit ihrem Fenster über einen Port dieses Computers, und alle möglichen Ports sind von anderen Programmen belegt.
failure-no-space-title = Der Datenträger ist voll
failure-no-space-meaning = Die App braucht etwas Platz für ihre eigenen Dateien, und es ist keiner mehr frei.
failure-no-permission-title = Die App darf ihre Dateien nicht schreiben
failure-no-permission-meaning = Das System lässt die App nicht in einen Ordner schreiben, den sie braucht.
failure-old-web-view-title = Dieser Computer braucht ein Update
failure-old-web-view-meaning = Der Teil des Systems, der Webseiten anzeigt, ist für die App zu alt.
failure-keychain-title = Der Schlüsselbund antwortet nicht
failure-keychain-meaning = Die App hat ihre Geheimnisse im Schlüsselbund des Systems, und der hat noch nicht geantwortet. Sobald er antwortet, öffnet sich die App von selbst.
failure-system-title = Auf diesem Computer fehlt etwas
failure-system-meaning = Dem System fehlt etwas, das die App braucht.
failure-unknown-title = Die App konnte nicht angezeigt werden
failure-unknown-meaning = Das Fenster hat nicht erfahren, was die App gerade tut.
failure-no-web-view = Auf diesem Computer fehlt die WebView2 Runtime, die das Fenster der App anzeigt. Microsofts Seite öffnen, um sie zu holen?

## Fehler: worum es geht

failure-subject-file = Datei: `{ $subject }`
failure-subject-folder = Ordner: `{ $subject }`
failure-subject-ports = Ports: { $subject }
failure-subject-missing = Es fehlt: { $subject }

## Fehler: der Rest des Bildschirms

failure-next = Was Sie tun können
failure-details = Technische Einzelheiten
failure-log-file = Protokolldatei: { $file }
failure-version = Version { $version }

## Hinweise

hint-restart = Starten Sie die App neu. Wenn es wieder geschieht, senden Sie den Bericht an die Person, von der Sie die App haben.
hint-missing-module = Die App braucht das Python-Modul `{ $module }`, das nicht mit ihr installiert wurde. Senden Sie den Bericht an die Person, von der Sie die App haben.
hint-free-space = Schaffen Sie Platz auf dem Datenträger und starten Sie die App dann neu.
hint-free-memory = Möglicherweise ist der Arbeitsspeicher voll. Schließen Sie andere Programme und starten Sie die App dann neu.
hint-reinstall = Installieren Sie die App noch einmal. Was Sie mit ihr gespeichert haben, bleibt erhalten.
hint-install-newest = Installieren Sie die neueste Version der App, die Sie erhalten haben.
hint-start-by-icon = Starten Sie die App über ihr Symbol oder installieren Sie sie noch einmal.
hint-author = Wenn Sie selbst eine App machen, verwenden Sie `waterskin run` oder `waterskin build`.
hint-restart-computer = Starten Sie den Computer neu. Wenn es wieder geschieht, fragen Sie die Person, die ihn betreut.
hint-close-programs = Schließen Sie andere Programme, die Sie nicht brauchen, und starten Sie die App dann neu.
hint-allow-folder = Prüfen Sie, ob Sie in diesen Ordner schreiben dürfen, oder fragen Sie die Person, die den Computer betreut. Starten Sie die App dann neu.
hint-update-system = Installieren Sie die Updates des Systems und öffnen Sie die App dann noch einmal.
hint-send-report = Kopieren Sie den Bericht und senden Sie ihn an die Person, von der Sie die App haben.
hint-unlock-keychain = Sehen Sie nach, ob der Desktop Sie darum bittet, den Schlüsselbund zu entsperren. Das Fenster dafür kann hinter diesem liegen.
hint-enter-once = Oder geben Sie die Geheimnisse selbst ein. Die App hat sie dann, bis sie geschlossen wird; gesichert werden sie nicht.

## Schaltflächen

action-restart = Neu starten
action-restarting = Wird neu gestartet
action-try-again = Erneut versuchen
action-enter-once = Für dieses Mal eingeben
action-copy-report = Bericht kopieren
action-save-report = Bericht speichern
action-show-log = Protokoll anzeigen
action-show-in-folder = Im Ordner anzeigen
action-quit = Beenden

## Kurze Antworten

notice-report-copied = Der Bericht ist in der Zwischenablage. Fügen Sie ihn in eine Nachricht an die Person ein, von der Sie die App haben.
notice-report-saved = Der Bericht ist im Ordner „Downloads“: { $file }
notice-log-copied = { $lines ->
    [one] 1 Zeile kopiert
   *[other] { $lines } Zeilen kopiert
  }
notice-selection-copied = Auswahl kopiert
notice-failed = Das hat nicht funktioniert: { $message }

## Das Protokollfenster

log-title = { $app }: Protokoll
log-title-plain = Protokoll
log-search = Protokoll durchsuchen
log-previous = Vorheriger Treffer
log-next = Nächster Treffer
log-no-match = Kein Treffer
log-match = { $current } von { $all }
log-follow = Folgen
log-pause = Anhalten
log-copy = Kopieren
log-folder = Ordner öffnen
log-empty = Die App hat noch nichts geschrieben.
log-lines = { $lines ->
    [one] 1 Zeile
   *[other] { $lines } Zeilen
  }
log-following = folgt
log-paused = angehalten
log-newer = { $lines ->
    [one] 1 neue Zeile
   *[other] { $lines } neue Zeilen
  }
log-lost = Älteres steht nur in der Protokolldatei
log-region = Ausgabe der App
log-tools = Werkzeuge

## Der Inspektor

inspector-title = { $app }: Inspektor
inspector-title-plain = Inspektor
inspector-stages = Stufen des Ladens
inspector-stage-contact = Erster Kontakt
inspector-stage-page = Seite, Skripte, Stile
inspector-stage-upgrade = Wechsel zu WebSocket
inspector-stage-messages = Nachrichten
inspector-stage-at = nach { $time }
inspector-stage-waiting = wartet seit { $time }
inspector-stage-open = nicht erreicht
inspector-stage-refused = abgelehnt mit { $status }
inspector-stage-finished = fertig nach { $time }
inspector-search = Datenverkehr durchsuchen
inspector-tools = Werkzeuge
inspector-filter = Was gezeigt wird
inspector-requests = Anfragen
inspector-messages = Nachrichten
inspector-pings = Pings
inspector-runs = Läufe
inspector-save = Speichern
inspector-saved = Gespeichert im Ordner „Downloads“: { $trace } und { $har }
inspector-grid = Datenverkehr
inspector-time = Zeit
inspector-what = Was
inspector-status = Status
inspector-by = Von
inspector-size = Größe
inspector-took = Dauer
inspector-by-app = App
inspector-by-files = Dateien
inspector-by-proxy = Fenster
inspector-stream = Verbindung
inspector-run = Lauf { $number }
inspector-run-sent = { $messages ->
    [one] 1 Nachricht, { $size }
   *[other] { $messages } Nachrichten, { $size }
  }
inspector-running = läuft
inspector-ended = Verbindung { $number } beendet
inspector-again = Vorher ohne Verbindung
inspector-lost = { $lines ->
    [one] 1 Eintrag ging verloren
   *[other] { $lines } Einträge gingen verloren
  }
inspector-lost-why = Sie kamen schneller, als dieses Fenster sie aufnehmen konnte.
inspector-entries = { $lines ->
    [one] 1 Eintrag
   *[other] { $lines } Einträge
  }
inspector-open = { $count ->
    [one] 1 offene Verbindung
   *[other] { $count } offene Verbindungen
  }
inspector-reconnections = { $count ->
    [one] 1-mal neu verbunden
   *[other] { $count }-mal neu verbunden
  }
inspector-gone = die ältesten sind entfallen
inspector-private = Inhalte, Cookies und Abfragen werden nicht aufgezeichnet
inspector-empty = Seit dieses Fenster offen ist, ist nichts übertragen worden. Benutzen Sie die App, oder laden Sie ihre Seite neu.
inspector-none = Nichts dergleichen
inspector-newer = { $lines ->
    [one] 1 neuer Eintrag
   *[other] { $lines } neue Einträge
  }
inspector-details = Details
inspector-pending = Es gibt noch keine Antwort.
inspector-cut = Das Fenster brach ab, bevor die Antwort vollständig war.
inspector-waited = Warten auf die Antwort
inspector-up = Zur App gesendet
inspector-down = Zum Fenster gesendet
inspector-direction = Richtung
inspector-to-app = Zur App
inspector-to-window = Zum Fenster
inspector-opcode = Frame
inspector-length = Länge
inspector-gap = Seit dem Frame davor
inspector-trip = Seit dem Ping
inspector-code = Schlusscode
inspector-asked = Warten auf den Lauf
inspector-sent = Was er gesendet hat
inspector-kind-rerun = Die Seite bittet um einen Lauf des Skripts.
inspector-kind-session = Ein Lauf des Skripts beginnt.
inspector-kind-delta = Etwas, das die Seite zeichnet oder ändert.
inspector-kind-finished = Das Skript ist an seinem Ende angekommen.
inspector-kind-ping = Fragt, ob die Gegenseite noch da ist.
inspector-kind-pong = Die Antwort auf einen Ping.
inspector-code-normal = Die Verbindung endete wie vorgesehen.
inspector-code-away = Die Seite wurde verlassen oder neu geladen.
inspector-code-restart = Die App wird neu gestartet.
inspector-code-none = Sie brach ab: Keine Seite hat ihr Ende angekündigt.
inspector-code-other = Die Verbindung wurde aus dem Grund beendet, den der Code nennt.

## Das Formular für Geheimnisse

secrets-title = { $app } braucht Angaben von Ihnen
secrets-title-again = Geheimnisse von { $app }
secrets-keychain = Ihre Eingaben bleiben auf diesem Computer, im Schlüsselbund des Systems.
secrets-file = Ihre Eingaben bleiben auf diesem Computer. Das System hat keinen Schlüsselbund, daher stehen sie in einer Datei, die nur Sie lesen können: { $file }
secrets-once = Ihre Eingaben gelten nur für dieses Mal. Sie werden nirgends gesichert, und der Schlüsselbund bleibt, wie er ist.
secrets-optional = freiwillig
secrets-kept = Leer lassen, um den Wert zu behalten
secrets-show = Anzeigen
secrets-remove = Diesen Wert entfernen
secrets-missing = Die App braucht diese Angabe.
secrets-malformed = Das sieht nicht richtig aus. Prüfen Sie, ob alles kopiert wurde.
secrets-save = Sichern und App öffnen
secrets-saving = Wird gesichert
secrets-open = App öffnen
secrets-opening = Wird geöffnet
secrets-open-once = Öffnen, ohne zu sichern
secrets-unanswered = Der Schlüsselbund antwortet nicht, deshalb wurde nichts gesichert.

## Das Fenster über die App

about-title = Über { $app }
about-version = Version { $version }
about-author = Von { $author }
about-packaged = Verpackt mit Waterskin { $version }
about-inside = Was darin steckt
about-inside-lead = { $parts ->
    [one] Ein Werk anderer Leute mit seiner Lizenz.
   *[other] { $parts } Werke anderer Leute, jedes mit seiner Lizenz.
  }
about-group-python = Python und seine Pakete
about-group-shell = Das Fenster
about-search = Namen und Lizenzen durchsuchen
about-none-found = Nichts gefunden
about-unstated = keine Lizenz angegeben
about-no-text = Ein Lizenztext lag nicht bei.
about-reading = Die Lizenzen werden gelesen

## Notices about downloads

download-progress = { $received } von { $total }
download-saved-in = Gespeichert in { $folder }
download-cancelled = Abgebrochen
download-no-space = Nicht gespeichert: Auf dem Datenträger ist nicht genug Platz.
download-no-permission = Nicht gespeichert: In den Ordner { $folder } kann nicht geschrieben werden.
download-broken = Nicht gespeichert: Die Übertragung ist abgebrochen.
download-open = Öffnen
download-stop = Abbrechen
download-where = Datei speichern
download-save = Speichern
menu-close = Schließen
download-cancel = Abbrechen

## Folders to upload

upload-folder = Ordner hochladen
upload-choose = Hochladen
upload-too-much-title = Dieser Ordner ist zu groß
upload-too-much = In einem Ordner können höchstens { $files } Dateien mit zusammen { $size } hochgeladen werden. Wählen Sie einen kleineren Ordner.

## Finding text in the page

find-text = Auf der Seite suchen
find-previous = Vorheriger Treffer
find-next = Nächster Treffer
find-none = Nicht gefunden

## Asking for the camera and the microphone

ask-camera = { $app } möchte die Kamera verwenden
ask-microphone = { $app } möchte das Mikrofon verwenden
ask-both = { $app } möchte Kamera und Mikrofon verwenden
ask-remembered = Die Frage kommt nur einmal. Im Menü gibt es einen Schalter dafür (F10).
ask-allow = Erlauben
ask-deny = Nicht erlauben
device-refused-camera = Die Kamera ist nicht erlaubt
device-refused-microphone = Das Mikrofon ist nicht erlaubt
device-refused-both = Kamera und Mikrofon sind nicht erlaubt
device-refused = So wurde es früher gewählt. Im Menü gibt es einen Schalter dafür (F10).
device-missing-camera = Keine Kamera gefunden
device-missing-microphone = Kein Mikrofon gefunden
device-missing-both = Kamera und Mikrofon wurden nicht gefunden
device-missing = Schließen Sie das Gerät an oder schalten Sie es ein, und schließen Sie andere Programme, die es verwenden. Versuchen Sie es dann noch einmal.
network-missing-site = { $site } ist nicht erreichbar
network-missing = Was die App von dort zeigt, etwa die Straßen einer Karte, braucht das Internet. Alles andere geht ohne.

## Signing in at another site

login-outside-title = Weiter geht es im Browser
login-outside = Dort ist die Seite des Anmeldedienstes geöffnet. In diesem Fenster geht es von selbst weiter.
login-failed-title = Die Anmeldung ist jetzt nicht möglich
login-port-program = Die Anmeldung kommt über Port { $port } dieses Computers zurück, und den benutzt das Programm „{ $program }“. Schließen Sie dieses Programm, dann diese App, und öffnen Sie die App noch einmal.
login-port-unknown = Die Anmeldung kommt über Port { $port } dieses Computers zurück, und den benutzt ein anderes Programm. Schließen Sie Programme, die Sie nicht brauchen, dann diese App, und öffnen Sie die App noch einmal.
login-port-free = Die Anmeldung kommt über Port { $port } dieses Computers zurück, und den benutzte ein anderes Programm, als diese App geöffnet wurde. Schließen Sie diese App und öffnen Sie sie noch einmal.
login-misled = Die Anmeldung dieser App führt zu { $address } und nicht in dieses Fenster zurück. Sagen Sie es der Person, von der Sie die App haben.
login-done-title = Zurück zu { $app }
login-done = Sie können diese Seite schließen.

## The menu

menu-page = Seite
menu-edit = Bearbeiten
menu-restart = App neu starten
menu-inspector = Inspektor
menu-clear-cache = Cache leeren
menu-zoom = Zoom
menu-secrets = Geheimnisse …
menu-permissions = Berechtigungen
menu-camera = Kamera erlaubt
menu-microphone = Mikrofon erlaubt
menu-back = Zurück
menu-forward = Vorwärts
menu-reload = Neu laden
menu-rerun = Erneut ausführen
menu-find = Suchen …
menu-print = Drucken …
menu-zoom-in = Vergrößern
menu-zoom-out = Verkleinern
menu-zoom-reset = Originalgröße
menu-full-screen = Vollbild
menu-show = App-Menü
