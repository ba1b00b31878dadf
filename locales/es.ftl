## La pantalla de inicio: una línea por cada cosa que se espera

splash-wait-contact = Abriendo
splash-wait-page = Cargando la página
splash-wait-python = Iniciando la aplicación
splash-wait-upgrade = Conectando con la aplicación
splash-wait-messages = Preparando la primera página
splash-wait-keychain = Esperando al llavero del sistema

## La pantalla de inicio: lo que tarda

splash-slow-contact = La ventana todavía no ha llegado a la aplicación. Tarda más cuando el equipo está ocupado.
splash-slow-page = La página se está cargando más despacio de lo habitual. Por ahora todo va bien.
splash-slow-python = La aplicación está cargando las partes que necesita. El primer inicio después de una instalación es el que más tarda.
splash-slow-upgrade = La aplicación ya funciona y la página todavía se está conectando con ella.
splash-slow-messages = La aplicación está preparando su primera página. Los archivos grandes o los cálculos largos pueden tardar un poco.
splash-slow-keychain = Puede que el escritorio le esté pidiendo que lo desbloquee, en una ventana detrás de esta.
splash-slow-again = La página volverá por sí sola en cuanto la aplicación responda.

## La pantalla de inicio: otros estados

splash-again = La aplicación se detuvo y se está iniciando de nuevo
splash-again-count = La aplicación se detuvo y se está iniciando de nuevo ({ $failures })
splash-reloading = Mostrando la página de nuevo
splash-stopping = Cerrando
splash-stopped = La aplicación se ha cerrado
splash-gave-up = No se pudo iniciar la aplicación
splash-details = Ver detalles
splash-step = Paso { $step } de { $of }

## Fallos: cómo se llaman y qué significan

failure-crashing-title = La aplicación se detiene una y otra vez
failure-crashing-meaning = Se inició de nuevo varias veces y se detuvo todas ellas. Sus archivos no se han visto afectados.
failure-unresponsive-title = La aplicación no responde
failure-unresponsive-meaning = Se inició, pero no pudo mostrar nada en el tiempo previsto.
failure-damaged-title = La aplicación está dañada
failure-damaged-meaning = Falta una parte o fue modificada, por lo que no se puede iniciar. Una nueva instalación reemplaza todas las partes.
failure-too-new-title = La aplicación necesita una versión más reciente
failure-too-new-meaning = Se hizo para una versión más reciente del programa que la abre.
failure-no-app-title = Aquí no hay ninguna aplicación
failure-no-app-meaning = Este programa abre la aplicación que está a su lado, y no hay ninguna. Es posible que se haya movido fuera de su carpeta.
failure-no-port-title = La aplicación no encontró ningún puerto libre
failure-no-port-meaning = Se comunica con su ventana por un puerto de este equipo, y todos los que puede usar están ocupados por otros programas.
failure-no-space-title = El disco está lleno
failure-no-space-meaning = La aplicación necesita algo de espacio para sus propios archivos y no queda nada.
failure-no-permission-title = La aplicación no puede escribir sus archivos
failure-no-permission-meaning = El sistema no permite que la aplicación escriba en una carpeta que necesita.
failure-old-web-view-title = Este equipo necesita una actualización
failure-old-web-view-meaning = La parte del sistema que muestra páginas web es demasiado antigua para la aplicación.
failure-keychain-title = El llavero no responde
failure-keychain-meaning = La aplicación guarda sus secretos en el llavero del sistema, que todavía no ha respondido. Se abrirá por sí sola en cuanto responda.
failure-system-title = Falta algo en este equipo
failure-system-meaning = Al sistema le falta algo que la aplicación necesita.
failure-unknown-title = No se pudo mostrar la aplicación
failure-unknown-meaning = La ventana no pudo saber qué está haciendo la aplicación.
failure-no-web-view = En este equipo falta WebView2 Runtime, que muestra la ventana de la aplicación. ¿Abrir la página de Microsoft para obtenerlo?

## Fallos: a qué se refieren

failure-subject-file = Archivo: `{ $subject }`
failure-subject-folder = Carpeta: `{ $subject }`
failure-subject-ports = Puertos: { $subject }
failure-subject-missing = Falta: { $subject }

## Fallos: el resto de la pantalla

failure-next = Qué puede hacer
failure-details = Detalles técnicos
failure-log-file = Archivo de registro: { $file }
failure-version = Versión { $version }

## Sugerencias

hint-restart = Reinicie la aplicación. Si vuelve a ocurrir, envíe el informe a la persona que se la proporcionó.
hint-missing-module = La aplicación necesita el módulo de Python `{ $module }`, que no se instaló con ella. Envíe el informe a la persona que se la proporcionó.
hint-free-space = Libere espacio en el disco y después reinicie la aplicación.
hint-free-memory = Es posible que el equipo no tenga memoria suficiente. Cierre otros programas y después reinicie la aplicación.
hint-reinstall = Instale la aplicación de nuevo. Lo que guardó con ella se conserva.
hint-install-newest = Instale la versión más reciente de la aplicación que le hayan proporcionado.
hint-start-by-icon = Inicie la aplicación desde su icono o instálela de nuevo.
hint-author = Si está creando una aplicación, use `waterskin run` o `waterskin build`.
hint-restart-computer = Reinicie el equipo. Si vuelve a ocurrir, consulte a la persona que se ocupa de él.
hint-close-programs = Cierre otros programas que no necesite y después reinicie la aplicación.
hint-allow-folder = Compruebe que puede escribir en esta carpeta o consulte a la persona que se ocupa del equipo. Después reinicie la aplicación.
hint-update-system = Instale las actualizaciones del sistema y después abra la aplicación de nuevo.
hint-send-report = Copie el informe y envíelo a la persona que le proporcionó la aplicación.
hint-unlock-keychain = Mire si el escritorio le pide que desbloquee el llavero. Su ventana puede estar detrás de esta.
hint-enter-once = O introduzca los secretos usted mismo. La aplicación los tendrá hasta que se cierre, y no se guardan.

## Botones

action-restart = Reiniciar
action-restarting = Reiniciando
action-try-again = Reintentar
action-enter-once = Introducirlos para esta vez
action-copy-report = Copiar informe
action-save-report = Guardar informe
action-show-log = Ver registro
action-show-in-folder = Mostrar en la carpeta
action-quit = Salir

## Respuestas breves

notice-report-copied = El informe está en el portapapeles. Péguelo en un mensaje a la persona que le proporcionó la aplicación.
notice-report-saved = El informe está en su carpeta Descargas: { $file }
notice-log-copied = { $lines ->
    [one] 1 línea copiada
   *[other] { $lines } líneas copiadas
  }
notice-selection-copied = Selección copiada
notice-failed = No ha funcionado: { $message }

## La ventana del registro

log-title = { $app }: registro
log-title-plain = Registro
log-search = Buscar en el registro
log-previous = Resultado anterior
log-next = Resultado siguiente
log-no-match = Sin resultados
log-match = { $current } de { $all }
log-follow = Seguir
log-pause = Pausar
log-copy = Copiar
log-folder = Abrir carpeta
log-empty = La aplicación todavía no ha escrito nada.
log-lines = { $lines ->
    [one] 1 línea
   *[other] { $lines } líneas
  }
log-following = en directo
log-paused = en pausa
log-newer = { $lines ->
    [one] 1 línea nueva
   *[other] { $lines } líneas nuevas
  }
log-lost = lo anterior está solo en el archivo de registro
log-region = Salida de la aplicación
log-tools = Herramientas

## El inspector

inspector-title = { $app }: inspector
inspector-title-plain = Inspector
inspector-stages = Etapas de la carga
inspector-stage-contact = Primer contacto
inspector-stage-page = Página, scripts, estilos
inspector-stage-upgrade = Cambio a WebSocket
inspector-stage-messages = Mensajes
inspector-stage-at = a los { $time }
inspector-stage-waiting = esperando { $time }
inspector-stage-open = sin alcanzar
inspector-stage-refused = rechazado con { $status }
inspector-stage-finished = terminado a los { $time }
inspector-search = Buscar en el tráfico
inspector-tools = Herramientas
inspector-filter = Qué se muestra
inspector-requests = Peticiones
inspector-messages = Mensajes
inspector-pings = Pings
inspector-runs = Ejecuciones
inspector-save = Guardar
inspector-saved = Guardado en su carpeta Descargas: { $trace } y { $har }
inspector-grid = Tráfico
inspector-time = Hora
inspector-what = Qué
inspector-status = Estado
inspector-by = De
inspector-size = Tamaño
inspector-took = Duración
inspector-by-app = Aplicación
inspector-by-files = Archivos
inspector-by-proxy = Ventana
inspector-stream = Conexión
inspector-run = Ejecución { $number }
inspector-run-sent = { $messages ->
    [one] 1 mensaje, { $size }
   *[other] { $messages } mensajes, { $size }
  }
inspector-running = en curso
inspector-ended = Conexión { $number } terminada
inspector-again = Antes, sin conexión durante
inspector-lost = { $lines ->
    [one] Se perdió 1 entrada
   *[other] Se perdieron { $lines } entradas
  }
inspector-lost-why = Llegaron más rápido de lo que esta ventana pudo recibirlas.
inspector-entries = { $lines ->
    [one] 1 entrada
   *[other] { $lines } entradas
  }
inspector-open = { $count ->
    [one] 1 conexión abierta
   *[other] { $count } conexiones abiertas
  }
inspector-reconnections = { $count ->
    [one] 1 reconexión
   *[other] { $count } reconexiones
  }
inspector-gone = las más antiguas ya no están
inspector-private = no se guardan contenidos, cookies ni consultas
inspector-empty = No ha pasado nada desde que se abrió esta ventana. Use la aplicación o vuelva a cargar su página.
inspector-none = Nada parecido
inspector-newer = { $lines ->
    [one] 1 entrada nueva
   *[other] { $lines } entradas nuevas
  }
inspector-details = Detalles
inspector-pending = Todavía no hay respuesta.
inspector-cut = La ventana se fue antes de recibir la respuesta completa.
inspector-waited = Espera de la respuesta
inspector-up = Enviado a la aplicación
inspector-down = Enviado a la ventana
inspector-direction = Dirección
inspector-to-app = A la aplicación
inspector-to-window = A la ventana
inspector-opcode = Trama
inspector-length = Longitud
inspector-gap = Desde la trama anterior
inspector-trip = Desde su ping
inspector-code = Código de cierre
inspector-asked = Espera de la ejecución
inspector-sent = Lo que envió
inspector-kind-rerun = La página pide que se ejecute el script.
inspector-kind-session = Empieza una ejecución del script.
inspector-kind-delta = Algo que dibujar o cambiar en la página.
inspector-kind-finished = El script ha llegado a su fin.
inspector-kind-ping = Pregunta si el otro lado sigue ahí.
inspector-kind-pong = La respuesta a un ping.
inspector-code-normal = La conexión terminó como estaba previsto.
inspector-code-away = Se salió de la página o se volvió a cargar.
inspector-code-restart = La aplicación se está reiniciando.
inspector-code-none = Se cortó: ningún lado anunció el final.
inspector-code-other = La conexión terminó por el motivo que indica su código.

## El formulario de los secretos

secrets-title = { $app } necesita algunos datos
secrets-title-again = Secretos de { $app }
secrets-keychain = Lo que introduzca se queda en este equipo, en el llavero del sistema.
secrets-file = Lo que introduzca se queda en este equipo. El sistema no tiene llavero, así que se guarda en un archivo que solo usted puede leer: { $file }
secrets-once = Lo que introduzca vale solo para esta vez. No se guarda en ningún sitio, y el llavero se queda como está.
secrets-optional = opcional
secrets-kept = Déjelo vacío para conservar el valor
secrets-show = Mostrar
secrets-remove = Quitar este valor
secrets-missing = La aplicación necesita este dato.
secrets-malformed = Esto no parece correcto. Compruebe que lo ha copiado entero.
secrets-save = Guardar y abrir la aplicación
secrets-saving = Guardando
secrets-open = Abrir la aplicación
secrets-opening = Abriendo
secrets-open-once = Abrir sin guardarlos
secrets-unanswered = El llavero no responde, así que no se ha guardado nada.

## La ventana acerca de la aplicación

about-title = Acerca de { $app }
about-version = Versión { $version }
about-author = De { $author }
about-packaged = Empaquetada con Waterskin { $version }
about-inside = Qué contiene
about-inside-lead = { $parts ->
    [one] Una obra de otras personas, con su licencia.
   *[other] { $parts } obras de otras personas, cada una con su licencia.
  }
about-group-python = Python y sus paquetes
about-group-shell = La ventana
about-search = Buscar nombres y licencias
about-none-found = No se encontró nada
about-unstated = licencia no indicada
about-no-text = No incluía el texto de la licencia.
about-reading = Leyendo las licencias

## Notices about downloads

download-progress = { $received } de { $total }
download-saved-in = Guardado en { $folder }
download-cancelled = Detenido
download-no-space = No se guardó: no hay espacio suficiente en el disco.
download-no-permission = No se guardó: no se puede escribir en la carpeta { $folder }.
download-broken = No se guardó: la transferencia se interrumpió.
download-open = Abrir
download-stop = Detener
download-where = Guardar archivo
download-save = Guardar
menu-close = Cerrar
download-cancel = Cancelar

## Folders to upload

upload-folder = Subir una carpeta
upload-choose = Subir
upload-too-much-title = Esta carpeta es demasiado grande
upload-too-much = Una carpeta que se sube puede tener como máximo { $files } archivos y { $size } en total. Elija una carpeta más pequeña.

## Finding text in the page

find-text = Buscar en la página
find-previous = Coincidencia anterior
find-next = Coincidencia siguiente
find-none = No encontrado

## Asking for the camera and the microphone

ask-camera = { $app } quiere usar la cámara
ask-microphone = { $app } quiere usar el micrófono
ask-both = { $app } quiere usar la cámara y el micrófono
ask-remembered = Solo se pregunta una vez. El menú tiene un interruptor para ello (F10).
ask-allow = Permitir
ask-deny = No permitir
device-refused-camera = La cámara no está permitida
device-refused-microphone = El micrófono no está permitido
device-refused-both = La cámara y el micrófono no están permitidos
device-refused = Así se eligió antes. El menú tiene un interruptor para ello (F10).
device-missing-camera = No se encontró ninguna cámara
device-missing-microphone = No se encontró ningún micrófono
device-missing-both = No se encontraron cámara ni micrófono
device-missing = Conecte o encienda el dispositivo y cierre otros programas que lo usen. Después, inténtelo de nuevo.
network-missing-site = No se puede acceder a { $site }
network-missing = Lo que la aplicación muestra desde allí, como las calles de un mapa, necesita internet. Todo lo demás funciona sin conexión.

## Signing in at another site

login-outside-title = Continúe en su navegador
login-outside = La página del servicio de inicio de sesión está abierta allí. Esta ventana sigue por sí sola.
login-failed-title = Ahora no se puede iniciar sesión
login-port-program = El inicio de sesión vuelve por el puerto { $port } de este equipo, que está usando el programa «{ $program }». Cierre ese programa, después cierre esta aplicación y ábrala de nuevo.
login-port-unknown = El inicio de sesión vuelve por el puerto { $port } de este equipo, que está usando otro programa. Cierre los programas que no necesite, después cierre esta aplicación y ábrala de nuevo.
login-port-free = El inicio de sesión vuelve por el puerto { $port } de este equipo, que otro programa estaba usando cuando se abrió esta aplicación. Cierre esta aplicación y ábrala de nuevo.
login-misled = El inicio de sesión de esta aplicación lleva a { $address } y no vuelve a esta ventana. Dígaselo a la persona que le dio la aplicación.
login-done-title = Vuelva a { $app }
login-done = Puede cerrar esta página.

## The menu

menu-page = Página
menu-edit = Editar
menu-restart = Reiniciar la aplicación
menu-inspector = Inspector
menu-clear-cache = Vaciar la caché
menu-zoom = Zoom
menu-secrets = Secretos…
menu-permissions = Permisos
menu-camera = Cámara permitida
menu-microphone = Micrófono permitido
menu-back = Atrás
menu-forward = Adelante
menu-reload = Recargar
menu-rerun = Ejecutar de nuevo
menu-find = Buscar…
menu-print = Imprimir…
menu-zoom-in = Acercar
menu-zoom-out = Alejar
menu-zoom-reset = Tamaño real
menu-full-screen = Pantalla completa
menu-show = Menú de la aplicación
