## L’écran d’accueil : une ligne pour chaque étape attendue

splash-wait-contact = Ouverture
splash-wait-page = Chargement de la page
splash-wait-python = Démarrage de l’application
splash-wait-upgrade = Connexion à l’application
splash-wait-messages = Préparation de la première page
splash-wait-keychain = En attente du trousseau du système

## L’écran d’accueil : ce qui prend du temps

splash-slow-contact = La fenêtre n’a pas encore joint l’application. C’est plus long lorsque l’ordinateur est occupé.
splash-slow-page = La page se charge plus lentement que d’habitude. Jusqu’ici, tout va bien.
splash-slow-python = L’application charge les éléments dont elle a besoin. Le premier démarrage après une installation est le plus long.
splash-slow-upgrade = L’application fonctionne et la page s’y connecte encore.
splash-slow-messages = L’application prépare sa première page. Les gros fichiers ou les longs calculs peuvent prendre un moment.
splash-slow-keychain = Le bureau vous demande peut-être de le déverrouiller, dans une fenêtre derrière celle-ci.
splash-slow-again = La page reviendra d’elle-même dès que l’application répondra.

## L’écran d’accueil : autres états

splash-again = L’application s’est arrêtée et redémarre
splash-again-count = L’application s’est arrêtée et redémarre ({ $failures })
splash-reloading = Nouvel affichage de la page
splash-stopping = Fermeture
splash-stopped = L’application est fermée
splash-gave-up = L’application n’a pas pu démarrer
splash-details = Afficher les détails
splash-step = Étape { $step } sur { $of }

## Les pannes : leur nom et leur sens

failure-crashing-title = L’application s’arrête sans cesse
failure-crashing-meaning = Elle a été relancée plusieurs fois et s’est arrêtée à chaque fois. Vos fichiers ne sont pas touchés.
failure-unresponsive-title = L’application ne répond pas
failure-unresponsive-meaning = Elle a été lancée, mais n’a rien pu afficher dans le temps prévu.
failure-damaged-title = L’application est endommagée
failure-damaged-meaning = Un élément manque ou a été modifié ; elle ne peut donc pas démarrer. Une nouvelle installation remplace tous les éléments.
failure-too-new-title = L’application demande une version plus récente
failure-too-new-meaning = Elle a été conçue pour une version plus récente du programme qui l’ouvre.
failure-no-app-title = Il n’y a pas d’application ici
failure-no-app-meaning = Ce programme ouvre l’application placée à côté de lui, et il n’y en a pas. Il a peut-être été déplacé hors de son dossier.
failure-no-port-title = L’application n’a trouvé aucun port libre
failure-no-port-meaning = Elle communique avec sa fenêtre par un port de cet ordinateur, et tous ceux qu’elle peut utiliser sont occupés par d’autres programmes.
failure-no-space-title = Le disque est plein
failure-no-space-meaning = L’application a besoin d’un peu de place pour ses propres fichiers, et il n’en reste plus.
failure-no-permission-title = L’application ne peut pas écrire ses fichiers
failure-no-permission-meaning = Le système ne laisse pas l’application écrire dans un dossier dont elle a besoin.
failure-old-web-view-title = Cet ordinateur a besoin d’une mise à jour
failure-old-web-view-meaning = Le composant du système qui affiche les pages web est trop ancien pour l’application.
failure-keychain-title = Le trousseau ne répond pas
failure-keychain-meaning = L’application garde ses secrets dans le trousseau du système, qui n’a pas encore répondu. Elle s’ouvrira d’elle-même dès qu’il répondra.
failure-system-title = Il manque quelque chose sur cet ordinateur
failure-system-meaning = Il manque au système un élément dont l’application a besoin.
failure-unknown-title = L’application n’a pas pu être affichée
failure-unknown-meaning = La fenêtre n’a pas pu savoir ce que fait l’application.
failure-no-web-view = Il manque à cet ordinateur WebView2 Runtime, qui affiche la fenêtre de l’application. Ouvrir la page de Microsoft pour l’obtenir ?

## Les pannes : ce qu’elles concernent

failure-subject-file = Fichier : `{ $subject }`
failure-subject-folder = Dossier : `{ $subject }`
failure-subject-ports = Ports : { $subject }
failure-subject-missing = Il manque : { $subject }

## Les pannes : le reste de l’écran

failure-next = Ce que vous pouvez faire
failure-details = Détails techniques
failure-log-file = Fichier journal : { $file }
failure-version = Version { $version }

## Conseils

hint-restart = Redémarrez l’application. Si cela se reproduit, envoyez le rapport à la personne qui vous l’a fournie.
hint-missing-module = L’application a besoin du module Python `{ $module }`, qui n’a pas été installé avec elle. Envoyez le rapport à la personne qui vous l’a fournie.
hint-free-space = Libérez de la place sur le disque, puis redémarrez l’application.
hint-free-memory = L’ordinateur manque peut-être de mémoire. Fermez d’autres programmes, puis redémarrez l’application.
hint-reinstall = Réinstallez l’application. Ce que vous avez enregistré avec elle est conservé.
hint-install-newest = Installez la version la plus récente de l’application qui vous a été fournie.
hint-start-by-icon = Lancez l’application par son icône, ou réinstallez-la.
hint-author = Si vous créez une application, utilisez `waterskin run` ou `waterskin build`.
hint-restart-computer = Redémarrez l’ordinateur. Si cela se reproduit, adressez-vous à la personne qui s’en occupe.
hint-close-programs = Fermez les autres programmes dont vous n’avez pas besoin, puis redémarrez l’application.
hint-allow-folder = Vérifiez que vous pouvez écrire dans ce dossier, ou adressez-vous à la personne qui s’occupe de l’ordinateur. Redémarrez ensuite l’application.
hint-update-system = Installez les mises à jour du système, puis rouvrez l’application.
hint-send-report = Copiez le rapport et envoyez-le à la personne qui vous a fourni l’application.
hint-unlock-keychain = Regardez si le bureau vous demande de déverrouiller le trousseau. Sa fenêtre est peut-être derrière celle-ci.
hint-enter-once = Ou saisissez les secrets vous-même. L’application les connaît alors jusqu’à sa fermeture, et ils ne sont pas enregistrés.

## Boutons

action-restart = Redémarrer
action-restarting = Redémarrage
action-try-again = Réessayer
action-enter-once = Les saisir pour cette fois
action-copy-report = Copier le rapport
action-save-report = Enregistrer le rapport
action-show-log = Afficher le journal
action-show-in-folder = Afficher dans le dossier
action-quit = Quitter

## Réponses brèves

notice-report-copied = Le rapport est dans le presse-papiers. Collez-le dans un message à la personne qui vous a fourni l’application.
notice-report-saved = Le rapport est dans votre dossier Téléchargements : { $file }
notice-log-copied = { $lines ->
    [one] { $lines } ligne copiée
   *[other] { $lines } lignes copiées
  }
notice-selection-copied = Sélection copiée
notice-failed = Cela n’a pas fonctionné : { $message }

## La fenêtre du journal

log-title = { $app } : journal
log-title-plain = Journal
log-search = Rechercher dans le journal
log-previous = Résultat précédent
log-next = Résultat suivant
log-no-match = Aucun résultat
log-match = { $current } sur { $all }
log-follow = Suivre
log-pause = Pause
log-copy = Copier
log-folder = Ouvrir le dossier
log-empty = L’application n’a encore rien écrit.
log-lines = { $lines ->
    [one] { $lines } ligne
   *[other] { $lines } lignes
  }
log-following = suivi
log-paused = en pause
log-newer = { $lines ->
    [one] { $lines } nouvelle ligne
   *[other] { $lines } nouvelles lignes
  }
log-lost = le début se trouve seulement dans le fichier journal
log-region = Sortie de l’application
log-tools = Outils

## L’inspecteur

inspector-title = { $app } : inspecteur
inspector-title-plain = Inspecteur
inspector-stages = Étapes du chargement
inspector-stage-contact = Premier contact
inspector-stage-page = Page, scripts, styles
inspector-stage-upgrade = Passage à WebSocket
inspector-stage-messages = Messages
inspector-stage-at = après { $time }
inspector-stage-waiting = en attente depuis { $time }
inspector-stage-open = pas atteinte
inspector-stage-refused = refusé avec { $status }
inspector-stage-finished = terminé après { $time }
inspector-search = Rechercher dans les échanges
inspector-tools = Outils
inspector-filter = Ce qui est affiché
inspector-requests = Requêtes
inspector-messages = Messages
inspector-pings = Pings
inspector-runs = Exécutions
inspector-save = Enregistrer
inspector-saved = Enregistré dans votre dossier Téléchargements : { $trace } et { $har }
inspector-grid = Échanges
inspector-time = Heure
inspector-what = Quoi
inspector-status = État
inspector-by = De
inspector-size = Taille
inspector-took = Durée
inspector-by-app = Application
inspector-by-files = Fichiers
inspector-by-proxy = Fenêtre
inspector-stream = Connexion
inspector-run = Exécution { $number }
inspector-run-sent = { $messages ->
    [one] { $messages } message, { $size }
   *[other] { $messages } messages, { $size }
  }
inspector-running = en cours
inspector-ended = Connexion { $number } terminée
inspector-again = Sans connexion auparavant
inspector-lost = { $lines ->
    [one] { $lines } entrée perdue
   *[other] { $lines } entrées perdues
  }
inspector-lost-why = Elles sont arrivées plus vite que cette fenêtre ne pouvait les recevoir.
inspector-entries = { $lines ->
    [one] { $lines } entrée
   *[other] { $lines } entrées
  }
inspector-open = { $count ->
    [one] { $count } connexion ouverte
   *[other] { $count } connexions ouvertes
  }
inspector-reconnections = { $count ->
    [one] { $count } reconnexion
   *[other] { $count } reconnexions
  }
inspector-gone = les plus anciennes ont disparu
inspector-private = ni contenus, ni cookies, ni paramètres ne sont conservés
inspector-empty = Rien n’est passé depuis l’ouverture de cette fenêtre. Utilisez l’application ou rechargez sa page.
inspector-none = Rien de tel
inspector-newer = { $lines ->
    [one] { $lines } nouvelle entrée
   *[other] { $lines } nouvelles entrées
  }
inspector-details = Détails
inspector-pending = Il n’y a pas encore de réponse.
inspector-cut = La fenêtre est partie avant la fin de la réponse.
inspector-waited = Attente de la réponse
inspector-up = Envoyé à l’application
inspector-down = Envoyé à la fenêtre
inspector-direction = Sens
inspector-to-app = Vers l’application
inspector-to-window = Vers la fenêtre
inspector-opcode = Trame
inspector-length = Longueur
inspector-gap = Depuis la trame précédente
inspector-trip = Depuis son ping
inspector-code = Code de fermeture
inspector-asked = Attente de l’exécution
inspector-sent = Ce qu’elle a envoyé
inspector-kind-rerun = La page demande une exécution du script.
inspector-kind-session = Une exécution du script commence.
inspector-kind-delta = Quelque chose à dessiner ou à modifier dans la page.
inspector-kind-finished = Le script est arrivé à sa fin.
inspector-kind-ping = Demande si l’autre côté est toujours là.
inspector-kind-pong = La réponse à un ping.
inspector-code-normal = La connexion s’est terminée comme prévu.
inspector-code-away = La page a été quittée ou rechargée.
inspector-code-restart = L’application redémarre.
inspector-code-none = Elle s’est interrompue : aucun côté n’avait annoncé la fin.
inspector-code-other = La connexion s’est terminée pour la raison qu’indique son code.

## Le formulaire des secrets

secrets-title = { $app } a besoin de quelques informations
secrets-title-again = Secrets de { $app }
secrets-keychain = Vos réponses restent sur cet ordinateur, dans le trousseau du système.
secrets-file = Vos réponses restent sur cet ordinateur. Le système n'a pas de trousseau : elles sont dans un fichier que vous seul pouvez lire : { $file }
secrets-once = Vos réponses ne valent que pour cette fois. Elles ne sont enregistrées nulle part, et le trousseau reste tel quel.
secrets-optional = facultatif
secrets-kept = Laissez vide pour garder la valeur
secrets-show = Afficher
secrets-remove = Supprimer cette valeur
secrets-missing = L'application a besoin de cette information.
secrets-malformed = Cela ne semble pas correct. Vérifiez que vous avez tout copié.
secrets-save = Enregistrer et ouvrir l'application
secrets-saving = Enregistrement
secrets-open = Ouvrir l'application
secrets-opening = Ouverture
secrets-open-once = Ouvrir sans enregistrer
secrets-unanswered = Le trousseau ne répond pas : rien n’a été enregistré.

## La fenêtre à propos de l’application

about-title = À propos de { $app }
about-version = Version { $version }
about-author = Par { $author }
about-packaged = Mis en paquet avec Waterskin { $version }
about-inside = Ce qu’elle contient
about-inside-lead = { $parts ->
    [one] { $parts } œuvre d’autres personnes, avec sa licence.
   *[other] { $parts } œuvres d’autres personnes, chacune avec sa licence.
  }
about-group-python = Python et ses paquets
about-group-shell = La fenêtre
about-search = Rechercher un nom ou une licence
about-none-found = Rien trouvé
about-unstated = licence non indiquée
about-no-text = Aucun texte de licence n’était joint.
about-reading = Lecture des licences

## Notices about downloads

download-progress = { $received } sur { $total }
download-saved-in = Enregistré dans { $folder }
download-cancelled = Arrêté
download-no-space = Non enregistré : il n’y a pas assez d’espace sur le disque.
download-no-permission = Non enregistré : impossible d’écrire dans le dossier { $folder }.
download-broken = Non enregistré : le transfert a été interrompu.
download-open = Ouvrir
download-stop = Arrêter
download-where = Enregistrer le fichier
download-save = Enregistrer
menu-close = Fermer
download-cancel = Annuler

## Folders to upload

upload-folder = Envoyer un dossier
upload-choose = Envoyer
upload-too-much-title = Ce dossier est trop volumineux
upload-too-much = Un dossier à envoyer peut contenir au plus { $files } fichiers et { $size } en tout. Choisissez un dossier plus petit.

## Finding text in the page

find-text = Rechercher dans la page
find-previous = Résultat précédent
find-next = Résultat suivant
find-none = Introuvable

## Asking for the camera and the microphone

ask-camera = { $app } souhaite utiliser la caméra
ask-microphone = { $app } souhaite utiliser le microphone
ask-both = { $app } souhaite utiliser la caméra et le microphone
ask-remembered = La question n’est posée qu’une fois. Le menu permet de changer d’avis (F10).
ask-allow = Autoriser
ask-deny = Ne pas autoriser
device-refused-camera = La caméra n’est pas autorisée
device-refused-microphone = Le microphone n’est pas autorisé
device-refused-both = La caméra et le microphone ne sont pas autorisés
device-refused = C’est ce qui a été choisi auparavant. Le menu permet de changer d’avis (F10).
device-missing-camera = Aucune caméra trouvée
device-missing-microphone = Aucun microphone trouvé
device-missing-both = La caméra et le microphone sont introuvables
device-missing = Branchez ou allumez l’appareil, et fermez les autres programmes qui l’utilisent. Puis réessayez.
network-missing-site = { $site } est injoignable
network-missing = Ce que l’application montre de ce site, comme les rues d’une carte, demande une connexion à Internet. Tout le reste fonctionne sans elle.

## Signing in at another site

login-outside-title = Continuez dans votre navigateur
login-outside = La page du service de connexion y est ouverte. Cette fenêtre continue d’elle-même.
login-failed-title = La connexion est impossible pour le moment
login-port-program = La connexion revient par le port { $port } de cet ordinateur, que le programme « { $program } » utilise. Fermez ce programme, puis fermez cette application et ouvrez-la de nouveau.
login-port-unknown = La connexion revient par le port { $port } de cet ordinateur, qu’un autre programme utilise. Fermez les programmes dont vous n’avez pas besoin, puis fermez cette application et ouvrez-la de nouveau.
login-port-free = La connexion revient par le port { $port } de cet ordinateur, qu’un autre programme utilisait à l’ouverture de cette application. Fermez cette application et ouvrez-la de nouveau.
login-misled = La connexion de cette application mène à { $address } et ne revient pas dans cette fenêtre. Dites-le à la personne qui vous a donné l’application.
login-done-title = Revenez à { $app }
login-done = Vous pouvez fermer cette page.

## The menu

menu-page = Page
menu-edit = Édition
menu-restart = Redémarrer l’application
menu-inspector = Inspecteur
menu-clear-cache = Vider le cache
menu-zoom = Zoom
menu-secrets = Secrets…
menu-permissions = Autorisations
menu-camera = Caméra autorisée
menu-microphone = Microphone autorisé
menu-back = Précédent
menu-forward = Suivant
menu-reload = Recharger
menu-rerun = Exécuter à nouveau
menu-find = Rechercher…
menu-print = Imprimer…
menu-zoom-in = Zoom avant
menu-zoom-out = Zoom arrière
menu-zoom-reset = Taille réelle
menu-full-screen = Plein écran
menu-show = Menu de l’application
