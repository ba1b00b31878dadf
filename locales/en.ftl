### Words that a person reads, in Fluent (https://projectfluent.org).
### The other files have the same messages with the same placeholders; `npm --prefix ui test` checks that.
### Messages whose names begin with `splash-` are sent into the page as plain text: no selectors in them.
### Back-ticks stand round literals, which are shown in another font.

## The splash: one line for each thing that a load waits for

splash-wait-contact = Opening
splash-wait-page = Loading the page
splash-wait-python = Starting the app
splash-wait-upgrade = Connecting to the app
splash-wait-messages = Preparing the first page
splash-wait-keychain = Waiting for the system’s keychain

## The splash: what takes long, said after some seconds

splash-slow-contact = The window has not reached the app yet. This takes longer when the computer is busy.
splash-slow-page = The page is loading more slowly than usual. Nothing is wrong so far.
splash-slow-python = The app is loading the parts that it needs. The first start after an installation takes the longest.
splash-slow-upgrade = The app is running, and the page is still connecting to it.
splash-slow-messages = The app is working on its first page. Large files or long calculations can take a while.
splash-slow-keychain = The desktop may be asking you to unlock it, in a window behind this one.
splash-slow-again = The page comes back by itself as soon as the app answers.

## The splash: other states

splash-again = The app stopped and is starting again
splash-again-count = The app stopped and is starting again ({ $failures })
splash-reloading = Showing the page again
splash-stopping = Closing
splash-stopped = The app has closed
splash-gave-up = The app could not be started
splash-details = Show details
# For a screen reader: which of the four steps a load is in.
splash-step = Step { $step } of { $of }

## Failures: what each is called and what it means

failure-crashing-title = The app keeps stopping
failure-crashing-meaning = It was started again several times and stopped each time. Your files are not affected.
failure-unresponsive-title = The app does not answer
failure-unresponsive-meaning = It was started, but it was not ready to show anything in the time that it has for that.
failure-damaged-title = The app is damaged
failure-damaged-meaning = A part of it is missing or was changed, so it cannot be started. Installing it again replaces every part.
failure-too-new-title = The app needs a newer version
failure-too-new-meaning = It was made for a newer version of the program that opens it.
failure-no-app-title = There is no app here
failure-no-app-meaning = This program opens an app that lies beside it, and there is none. It may have been moved out of its folder.
failure-no-port-title = The app found no free port
failure-no-port-meaning = It talks to its window over a port of this computer, and all of those that it may use are taken by other programs.
failure-no-space-title = The disk is full
failure-no-space-meaning = The app needs some space for its own files, and there is none left.
failure-no-permission-title = The app may not write its files
failure-no-permission-meaning = The system does not let the app write to a folder that it needs.
failure-old-web-view-title = This computer needs an update
failure-old-web-view-meaning = The part of the system that shows web pages is too old for the app.
failure-keychain-title = The keychain does not answer
failure-keychain-meaning = The app keeps its secrets in the system’s keychain, which has not answered yet. The app opens by itself as soon as it does.
failure-system-title = Something is missing on this computer
failure-system-meaning = The system lacks something that the app needs.
failure-unknown-title = The app could not be shown
failure-unknown-meaning = The window did not learn what the app is doing.
failure-no-web-view = This computer lacks the WebView2 Runtime, which shows the app’s window. Open Microsoft’s page to get it?

## Failures: what they are about

failure-subject-file = File: `{ $subject }`
failure-subject-folder = Folder: `{ $subject }`
failure-subject-ports = Ports: { $subject }
failure-subject-missing = Missing: { $subject }

## Failures: the rest of the screen

failure-next = What you can do
failure-details = Technical details
failure-log-file = Log file: { $file }
failure-version = Version { $version }

## Hints: what a person can do

hint-restart = Restart the app. If it happens again, send the report to the person who gave you the app.
hint-missing-module = The app needs the Python module `{ $module }`, which was not installed with it. Send the report to the person who gave you the app.
hint-free-space = Free some space on the disk, then restart the app.
hint-free-memory = The computer may be out of memory. Close other programs, then restart the app.
hint-reinstall = Install the app again. What you saved with it is kept.
hint-install-newest = Install the newest version of the app that you were given.
hint-start-by-icon = Start the app by its icon, or install it again.
hint-author = If you are making an app, use `waterskin run` or `waterskin build`.
hint-restart-computer = Restart the computer. If it happens again, ask whoever looks after it.
hint-close-programs = Close other programs that you do not need, then restart the app.
hint-allow-folder = See that you may write to this folder, or ask whoever looks after the computer. Then restart the app.
hint-update-system = Install the updates of the system, then open the app again.
hint-send-report = Copy the report and send it to the person who gave you the app.
hint-unlock-keychain = See whether the desktop asks you to unlock the keychain. Its window may be behind this one.
hint-enter-once = Or enter the secrets yourself. They are then known to the app until it is closed, and are not kept.

## Buttons

action-restart = Restart
action-restarting = Restarting
action-try-again = Try again
action-enter-once = Enter them for this time
action-copy-report = Copy report
action-save-report = Save report
action-show-log = Show log
action-show-in-folder = Show in folder
action-quit = Quit

## Short answers to what a person did

notice-report-copied = The report is on the clipboard. Paste it into a message to the person who gave you the app.
notice-report-saved = The report is in your Downloads folder: { $file }
notice-log-copied = { $lines ->
    [one] 1 line copied
   *[other] { $lines } lines copied
  }
notice-selection-copied = Selection copied
notice-failed = That did not work: { $message }

## The log window

log-title = { $app }: log
log-title-plain = Log
log-search = Search the log
log-previous = Previous match
log-next = Next match
log-no-match = No match
log-match = { $current } of { $all }
log-follow = Follow
log-pause = Pause
log-copy = Copy
log-folder = Open folder
log-empty = The app has not written anything yet.
log-lines = { $lines ->
    [one] 1 line
   *[other] { $lines } lines
  }
log-following = following
log-paused = paused
log-newer = { $lines ->
    [one] 1 new line
   *[other] { $lines } new lines
  }
log-lost = older lines are in the log file only
log-region = Output of the app
log-tools = Tools

## The inspector

inspector-title = { $app }: inspector
inspector-title-plain = Inspector
inspector-stages = Stages of the load
inspector-stage-contact = First contact
inspector-stage-page = Page, scripts, styles
inspector-stage-upgrade = Switch to WebSocket
inspector-stage-messages = Messages
inspector-stage-at = after { $time }
inspector-stage-waiting = waiting for { $time }
inspector-stage-open = not reached
inspector-stage-refused = refused with { $status }
inspector-stage-finished = finished after { $time }
inspector-search = Search the traffic
inspector-tools = Tools
inspector-filter = What is shown
inspector-requests = Requests
inspector-messages = Messages
inspector-pings = Pings
inspector-runs = Runs
inspector-save = Save
inspector-saved = Saved in your Downloads folder: { $trace } and { $har }
inspector-grid = Traffic
inspector-time = Time
inspector-what = What
inspector-status = Status
inspector-by = From
inspector-size = Size
inspector-took = Took
inspector-by-app = App
inspector-by-files = Files
inspector-by-proxy = Window
inspector-stream = Connection
inspector-run = Run { $number }
inspector-run-sent = { $messages ->
    [one] 1 message, { $size }
   *[other] { $messages } messages, { $size }
  }
inspector-running = running
inspector-ended = Connection { $number } ended
inspector-again = Without a connection before
inspector-lost = { $lines ->
    [one] 1 entry was lost
   *[other] { $lines } entries were lost
  }
inspector-lost-why = They came faster than this window could take them.
inspector-entries = { $lines ->
    [one] 1 entry
   *[other] { $lines } entries
  }
inspector-open = { $count ->
    [one] 1 open connection
   *[other] { $count } open connections
  }
inspector-reconnections = { $count ->
    [one] 1 reconnection
   *[other] { $count } reconnections
  }
inspector-gone = the oldest are gone
inspector-private = no contents, cookies or queries are kept
inspector-empty = Nothing has passed since this window was opened. Use the app, or load its page again.
inspector-none = Nothing like that
inspector-newer = { $lines ->
    [one] 1 new entry
   *[other] { $lines } new entries
  }
inspector-details = Details
inspector-pending = There is no answer yet.
inspector-cut = The window went before the whole answer was there.
inspector-waited = Wait for the answer
inspector-up = Sent to the app
inspector-down = Sent to the window
inspector-direction = Direction
inspector-to-app = To the app
inspector-to-window = To the window
inspector-opcode = Frame
inspector-length = Length
inspector-gap = Since the frame before
inspector-trip = Since its ping
inspector-code = Close code
inspector-asked = Wait for the run
inspector-sent = What it sent
inspector-kind-rerun = The page asks for a run of the script.
inspector-kind-session = A run of the script begins.
inspector-kind-delta = Something to draw on the page, or to change.
inspector-kind-finished = The script has come to its end.
inspector-kind-ping = Asks whether the other side is still there.
inspector-kind-pong = The answer to a ping.
inspector-code-normal = The connection ended as planned.
inspector-code-away = The page was left or loaded again.
inspector-code-restart = The app is being restarted.
inspector-code-none = It broke off: no side said that it would end.
inspector-code-other = The connection was ended for the reason that its code names.

## The form for secrets

secrets-title = { $app } needs something from you
secrets-title-again = Secrets of { $app }
secrets-keychain = What you enter stays on this computer, in the system's keychain.
secrets-file = What you enter stays on this computer. The system has no keychain, so it is kept in a file that only you can read: { $file }
secrets-once = What you enter is for this time only. It is not kept anywhere, and the keychain stays as it is.
secrets-optional = optional
secrets-kept = Leave empty to keep the value
secrets-show = Show
secrets-remove = Remove this value
secrets-missing = The app needs this.
secrets-malformed = This does not look right. Check that you copied all of it.
secrets-save = Save and open the app
secrets-saving = Saving
secrets-open = Open the app
secrets-opening = Opening
secrets-open-once = Open without keeping them
secrets-unanswered = The keychain does not answer, so nothing was kept.

## The window about the app

about-title = About { $app }
about-version = Version { $version }
about-author = Made by { $author }
about-packaged = Packaged with Waterskin { $version }
about-inside = What is inside
about-inside-lead = { $parts ->
    [one] One work of other people, with its licence.
   *[other] { $parts } works of other people, each with its licence.
  }
about-group-python = Python and its packages
about-group-shell = The window
about-search = Search names and licences
about-none-found = Nothing found
about-unstated = no licence stated
about-no-text = It came without a licence text.
about-reading = Reading the licences

## Notices about downloads

download-progress = { $received } of { $total }
download-saved-in = Saved in { $folder }
download-cancelled = Stopped
download-no-space = Not saved: there is not enough space on the disk.
download-no-permission = Not saved: the folder { $folder } cannot be written to.
download-broken = Not saved: the transfer broke off.
download-open = Open
download-stop = Stop
download-where = Save file
download-save = Save
menu-close = Close
download-cancel = Cancel

## Folders to upload

upload-folder = Upload a folder
upload-choose = Upload
upload-too-much-title = This folder is too large
upload-too-much = A folder to upload can have at most { $files } files, and { $size } in all. Choose a smaller folder.

## Finding text in the page

find-text = Find in page
find-previous = Previous match
find-next = Next match
find-none = Not found

## Asking for the camera and the microphone

ask-camera = { $app } would like to use the camera
ask-microphone = { $app } would like to use the microphone
ask-both = { $app } would like to use the camera and the microphone
ask-remembered = You are asked only once. The menu has a switch for it (F10).
ask-allow = Allow
ask-deny = Don’t allow
device-refused-camera = The camera is not allowed
device-refused-microphone = The microphone is not allowed
device-refused-both = The camera and the microphone are not allowed
device-refused = You chose that before. The menu has a switch for it (F10).
device-missing-camera = No camera was found
device-missing-microphone = No microphone was found
device-missing-both = No camera and microphone were found
device-missing = Connect it or switch it on, and close other programs that use it. Then try again.
network-missing-site = { $site } can’t be reached
network-missing = What the app shows from there, such as the streets of a map, needs the internet. Everything else works without it.

## Signing in at another site

login-outside-title = Go on in your browser
login-outside = The sign-in service has its page open there. This window goes on by itself.
login-failed-title = You cannot sign in now
login-port-program = The sign-in comes back over port { $port } of this computer, which the program “{ $program }” is using. Close that program, then close this app and open it again.
login-port-unknown = The sign-in comes back over port { $port } of this computer, which another program is using. Close the programs that you do not need, then close this app and open it again.
login-port-free = The sign-in comes back over port { $port } of this computer, which another program was using when this app was opened. Close this app and open it again.
login-misled = The sign-in of this app leads to { $address }, and not back to this window. Tell the person who gave you the app.
login-done-title = Go back to { $app }
login-done = You can close this page.

## The menu

menu-page = Page
menu-edit = Edit
menu-restart = Restart app
menu-inspector = Inspector
menu-clear-cache = Clear cache
menu-zoom = Zoom
menu-secrets = Secrets…
menu-permissions = Permissions
menu-camera = Camera allowed
menu-microphone = Microphone allowed
menu-back = Back
menu-forward = Forward
menu-reload = Reload
menu-rerun = Run again
menu-find = Find…
menu-print = Print…
menu-zoom-in = Zoom in
menu-zoom-out = Zoom out
menu-zoom-reset = Actual size
menu-full-screen = Full screen
menu-show = App menu
