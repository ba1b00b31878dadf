## A tela de abertura: uma linha para cada coisa que se espera

splash-wait-contact = Abrindo
splash-wait-page = Carregando a página
splash-wait-python = Iniciando o aplicativo
splash-wait-upgrade = Conectando ao aplicativo
splash-wait-messages = Preparando a primeira página
splash-wait-keychain = Aguardando o chaveiro do sistema

## A tela de abertura: o que demora

splash-slow-contact = A janela ainda não chegou ao aplicativo. Isso demora mais quando o computador está ocupado.
splash-slow-page = A página está carregando mais devagar do que o normal. Até agora está tudo certo.
splash-slow-python = O aplicativo está carregando as partes de que precisa. A primeira abertura depois de uma instalação é a mais demorada.
splash-slow-upgrade = O aplicativo está funcionando, e a página ainda está se conectando a ele.
splash-slow-messages = O aplicativo está preparando a primeira página. Arquivos grandes ou cálculos longos podem demorar um pouco.
splash-slow-keychain = O sistema talvez esteja pedindo que você o desbloqueie, em uma janela atrás desta.
splash-slow-again = A página volta sozinha assim que o aplicativo responder.

## A tela de abertura: outros estados

splash-again = O aplicativo parou e está sendo iniciado de novo
splash-again-count = O aplicativo parou e está sendo iniciado de novo ({ $failures })
splash-reloading = Mostrando a página de novo
splash-stopping = Fechando
splash-stopped = O aplicativo foi fechado
splash-gave-up = Não foi possível iniciar o aplicativo
splash-details = Mostrar detalhes
splash-step = Etapa { $step } de { $of }

## Falhas: como se chamam e o que significam

failure-crashing-title = O aplicativo para o tempo todo
failure-crashing-meaning = Ele foi iniciado de novo várias vezes e parou em todas elas. Seus arquivos não foram afetados.
failure-unresponsive-title = O aplicativo não responde
failure-unresponsive-meaning = Ele foi iniciado, mas não conseguiu mostrar nada no tempo previsto.
failure-damaged-title = O aplicativo está danificado
failure-damaged-meaning = Uma parte está faltando ou foi alterada, por isso ele não pode ser iniciado. Uma nova instalação substitui todas as partes.
failure-too-new-title = O aplicativo precisa de uma versão mais nova
failure-too-new-meaning = Ele foi feito para uma versão mais nova do programa que o abre.
failure-no-app-title = Não há aplicativo aqui
failure-no-app-meaning = Este programa abre o aplicativo que está ao lado dele, e não há nenhum. Talvez ele tenha sido tirado da pasta.
failure-no-port-title = O aplicativo não encontrou uma porta livre
failure-no-port-meaning = Ele se comunica com a janela por uma porta deste computador, e todas as que pode usar estão ocupadas por outros programas.
failure-no-space-title = O disco está cheio
failure-no-space-meaning = O aplicativo precisa de algum espaço para os próprios arquivos, e não resta nenhum.
failure-no-permission-title = O aplicativo não pode gravar os arquivos
failure-no-permission-meaning = O sistema não deixa o aplicativo gravar em uma pasta de que ele precisa.
failure-old-web-view-title = Este computador precisa de uma atualização
failure-old-web-view-meaning = A parte do sistema que mostra páginas da web é antiga demais para o aplicativo.
failure-keychain-title = O chaveiro não responde
failure-keychain-meaning = O aplicativo guarda seus segredos no chaveiro do sistema, que ainda não respondeu. O aplicativo abre sozinho assim que ele responder.
failure-system-title = Falta alguma coisa neste computador
failure-system-meaning = Falta ao sistema algo de que o aplicativo precisa.
failure-unknown-title = Não foi possível mostrar o aplicativo
failure-unknown-meaning = A janela não conseguiu saber o que o aplicativo está fazendo.
failure-no-web-view = Falta neste computador o WebView2 Runtime, que mostra a janela do aplicativo. Abrir a página da Microsoft para obtê-lo?

## Falhas: a que se referem

failure-subject-file = Arquivo: `{ $subject }`
failure-subject-folder = Pasta: `{ $subject }`
failure-subject-ports = Portas: { $subject }
failure-subject-missing = Falta: { $subject }

## Falhas: o resto da tela

failure-next = O que você pode fazer
failure-details = Detalhes técnicos
failure-log-file = Arquivo de registro: { $file }
failure-version = Versão { $version }

## Dicas

hint-restart = Reinicie o aplicativo. Se acontecer de novo, envie o relatório à pessoa que forneceu o aplicativo.
hint-missing-module = O aplicativo precisa do módulo Python `{ $module }`, que não foi instalado com ele. Envie o relatório à pessoa que forneceu o aplicativo.
hint-free-space = Libere espaço no disco e depois reinicie o aplicativo.
hint-free-memory = Talvez o computador esteja sem memória. Feche outros programas e depois reinicie o aplicativo.
hint-reinstall = Instale o aplicativo de novo. O que foi salvo com ele é mantido.
hint-install-newest = Instale a versão mais nova do aplicativo que você recebeu.
hint-start-by-icon = Abra o aplicativo pelo ícone ou instale-o de novo.
hint-author = Se você está criando um aplicativo, use `waterskin run` ou `waterskin build`.
hint-restart-computer = Reinicie o computador. Se acontecer de novo, fale com quem cuida dele.
hint-close-programs = Feche outros programas de que não precisa e depois reinicie o aplicativo.
hint-allow-folder = Verifique se você pode gravar nesta pasta ou fale com quem cuida do computador. Depois reinicie o aplicativo.
hint-update-system = Instale as atualizações do sistema e depois abra o aplicativo de novo.
hint-send-report = Copie o relatório e envie-o à pessoa que forneceu o aplicativo.
hint-unlock-keychain = Veja se o sistema pede que você desbloqueie o chaveiro. A janela pode estar atrás desta.
hint-enter-once = Ou digite os segredos você mesmo. O aplicativo fica com eles até ser fechado, e eles não são salvos.

## Botões

action-restart = Reiniciar
action-restarting = Reiniciando
action-try-again = Tentar de novo
action-enter-once = Digitar para esta vez
action-copy-report = Copiar relatório
action-save-report = Salvar relatório
action-show-log = Mostrar registro
action-show-in-folder = Mostrar na pasta
action-quit = Sair

## Respostas curtas

notice-report-copied = O relatório está na área de transferência. Cole-o em uma mensagem à pessoa que forneceu o aplicativo.
notice-report-saved = O relatório está na pasta Downloads: { $file }
notice-log-copied = { $lines ->
    [one] { $lines } linha copiada
   *[other] { $lines } linhas copiadas
  }
notice-selection-copied = Seleção copiada
notice-failed = Não funcionou: { $message }

## A janela do registro

log-title = { $app }: registro
log-title-plain = Registro
log-search = Pesquisar no registro
log-previous = Resultado anterior
log-next = Próximo resultado
log-no-match = Nenhum resultado
log-match = { $current } de { $all }
log-follow = Seguir
log-pause = Pausar
log-copy = Copiar
log-folder = Abrir pasta
log-empty = O aplicativo ainda não escreveu nada.
log-lines = { $lines ->
    [one] { $lines } linha
   *[other] { $lines } linhas
  }
log-following = seguindo
log-paused = em pausa
log-newer = { $lines ->
    [one] { $lines } linha nova
   *[other] { $lines } linhas novas
  }
log-lost = o que veio antes está apenas no arquivo de registro
log-region = Saída do aplicativo
log-tools = Ferramentas

## O inspetor

inspector-title = { $app }: inspetor
inspector-title-plain = Inspetor
inspector-stages = Etapas do carregamento
inspector-stage-contact = Primeiro contato
inspector-stage-page = Página, scripts, estilos
inspector-stage-upgrade = Mudança para WebSocket
inspector-stage-messages = Mensagens
inspector-stage-at = após { $time }
inspector-stage-waiting = aguardando há { $time }
inspector-stage-open = não alcançada
inspector-stage-refused = recusado com { $status }
inspector-stage-finished = concluído após { $time }
inspector-search = Pesquisar no tráfego
inspector-tools = Ferramentas
inspector-filter = O que é mostrado
inspector-requests = Requisições
inspector-messages = Mensagens
inspector-pings = Pings
inspector-runs = Execuções
inspector-save = Salvar
inspector-saved = Salvo na pasta Downloads: { $trace } e { $har }
inspector-grid = Tráfego
inspector-time = Hora
inspector-what = O quê
inspector-status = Status
inspector-by = De
inspector-size = Tamanho
inspector-took = Duração
inspector-by-app = Aplicativo
inspector-by-files = Arquivos
inspector-by-proxy = Janela
inspector-stream = Conexão
inspector-run = Execução { $number }
inspector-run-sent = { $messages ->
    [one] { $messages } mensagem, { $size }
   *[other] { $messages } mensagens, { $size }
  }
inspector-running = em andamento
inspector-ended = Conexão { $number } encerrada
inspector-again = Antes, sem conexão por
inspector-lost = { $lines ->
    [one] { $lines } entrada perdida
   *[other] { $lines } entradas perdidas
  }
inspector-lost-why = Elas chegaram mais rápido do que esta janela conseguiu receber.
inspector-entries = { $lines ->
    [one] { $lines } entrada
   *[other] { $lines } entradas
  }
inspector-open = { $count ->
    [one] { $count } conexão aberta
   *[other] { $count } conexões abertas
  }
inspector-reconnections = { $count ->
    [one] { $count } reconexão
   *[other] { $count } reconexões
  }
inspector-gone = as mais antigas já não estão aqui
inspector-private = conteúdos, cookies e consultas não são guardados
inspector-empty = Nada passou desde que esta janela foi aberta. Use o aplicativo ou recarregue a página dele.
inspector-none = Nada parecido
inspector-newer = { $lines ->
    [one] { $lines } entrada nova
   *[other] { $lines } entradas novas
  }
inspector-details = Detalhes
inspector-pending = Ainda não há resposta.
inspector-cut = A janela saiu antes de a resposta chegar inteira.
inspector-waited = Espera pela resposta
inspector-up = Enviado ao aplicativo
inspector-down = Enviado à janela
inspector-direction = Direção
inspector-to-app = Para o aplicativo
inspector-to-window = Para a janela
inspector-opcode = Quadro
inspector-length = Comprimento
inspector-gap = Desde o quadro anterior
inspector-trip = Desde o ping
inspector-code = Código de encerramento
inspector-asked = Espera pela execução
inspector-sent = O que ela enviou
inspector-kind-rerun = A página pede uma execução do script.
inspector-kind-session = Uma execução do script começa.
inspector-kind-delta = Algo para desenhar ou mudar na página.
inspector-kind-finished = O script chegou ao fim.
inspector-kind-ping = Pergunta se o outro lado ainda está lá.
inspector-kind-pong = A resposta a um ping.
inspector-code-normal = A conexão terminou como previsto.
inspector-code-away = A página foi deixada ou recarregada.
inspector-code-restart = O aplicativo está sendo reiniciado.
inspector-code-none = Ela caiu: nenhum lado avisou que terminaria.
inspector-code-other = A conexão foi encerrada pelo motivo que o código indica.

## O formulário dos segredos

secrets-title = { $app } precisa de algumas informações
secrets-title-again = Segredos de { $app }
secrets-keychain = O que você digitar fica neste computador, no chaveiro do sistema.
secrets-file = O que você digitar fica neste computador. O sistema não tem chaveiro, por isso fica em um arquivo que só você pode ler: { $file }
secrets-once = O que você digitar vale só para esta vez. Não fica salvo em lugar nenhum, e o chaveiro fica como está.
secrets-optional = opcional
secrets-kept = Deixe em branco para manter o valor
secrets-show = Mostrar
secrets-remove = Remover este valor
secrets-missing = O aplicativo precisa desta informação.
secrets-malformed = Isto não parece certo. Verifique se copiou tudo.
secrets-save = Salvar e abrir o aplicativo
secrets-saving = Salvando
secrets-open = Abrir o aplicativo
secrets-opening = Abrindo
secrets-open-once = Abrir sem salvar
secrets-unanswered = O chaveiro não responde, por isso nada foi salvo.

## A janela sobre o aplicativo

about-title = Sobre { $app }
about-version = Versão { $version }
about-author = De { $author }
about-packaged = Empacotado com Waterskin { $version }
about-inside = O que há dentro
about-inside-lead = { $parts ->
    [one] { $parts } obra de outras pessoas, com sua licença.
   *[other] { $parts } obras de outras pessoas, cada uma com sua licença.
  }
about-group-python = Python e seus pacotes
about-group-shell = A janela
about-search = Pesquisar nomes e licenças
about-none-found = Nada encontrado
about-unstated = licença não informada
about-no-text = Veio sem o texto da licença.
about-reading = Lendo as licenças

## Notices about downloads

download-progress = { $received } de { $total }
download-saved-in = Salvo em { $folder }
download-cancelled = Interrompido
download-no-space = Não salvo: não há espaço suficiente no disco.
download-no-permission = Não salvo: não é possível escrever na pasta { $folder }.
download-broken = Não salvo: a transferência foi interrompida.
download-open = Abrir
download-stop = Interromper
download-where = Salvar arquivo
download-save = Salvar
menu-close = Fechar
download-cancel = Cancelar

## Folders to upload

upload-folder = Enviar uma pasta
upload-choose = Enviar
upload-too-much-title = Esta pasta é grande demais
upload-too-much = Uma pasta a enviar pode ter no máximo { $files } arquivos e { $size } no total. Escolha uma pasta menor.

## Finding text in the page

find-text = Procurar na página
find-previous = Ocorrência anterior
find-next = Ocorrência seguinte
find-none = Não encontrado

## Asking for the camera and the microphone

ask-camera = { $app } quer usar a câmera
ask-microphone = { $app } quer usar o microfone
ask-both = { $app } quer usar a câmera e o microfone
ask-remembered = Só é perguntado uma vez. O menu permite mudar a escolha (F10).
ask-allow = Permitir
ask-deny = Não permitir
device-refused-camera = A câmera não é permitida
device-refused-microphone = O microfone não é permitido
device-refused-both = A câmera e o microfone não são permitidos
device-refused = Foi o que se escolheu antes. O menu permite mudar a escolha (F10).
device-missing-camera = Nenhuma câmera encontrada
device-missing-microphone = Nenhum microfone encontrado
device-missing-both = Câmera e microfone não encontrados
device-missing = Conecte ou ligue o dispositivo e feche outros programas que o usam. Depois, tente de novo.
network-missing-site = Não foi possível acessar { $site }
network-missing = O que o aplicativo mostra de lá, como as ruas de um mapa, precisa da internet. Todo o resto funciona sem ela.

## Signing in at another site

login-outside-title = Continue no navegador
login-outside = A página do serviço de login está aberta lá. Esta janela continua sozinha.
login-failed-title = Não é possível entrar agora
login-port-program = O login volta pela porta { $port } deste computador, que o programa “{ $program }” está usando. Feche esse programa, depois feche este aplicativo e abra-o de novo.
login-port-unknown = O login volta pela porta { $port } deste computador, que outro programa está usando. Feche os programas de que não precisa, depois feche este aplicativo e abra-o de novo.
login-port-free = O login volta pela porta { $port } deste computador, que outro programa estava usando quando este aplicativo foi aberto. Feche este aplicativo e abra-o de novo.
login-misled = O login deste aplicativo leva a { $address } e não volta para esta janela. Avise a pessoa que lhe deu o aplicativo.
login-done-title = Volte para { $app }
login-done = Você pode fechar esta página.

## The menu

menu-page = Página
menu-edit = Editar
menu-restart = Reiniciar o aplicativo
menu-inspector = Inspetor
menu-clear-cache = Limpar a cache
menu-zoom = Zoom
menu-secrets = Segredos…
menu-permissions = Permissões
menu-camera = Câmera permitida
menu-microphone = Microfone permitido
menu-back = Voltar
menu-forward = Avançar
menu-reload = Recarregar
menu-rerun = Executar de novo
menu-find = Procurar…
menu-print = Imprimir…
menu-zoom-in = Ampliar
menu-zoom-out = Reduzir
menu-zoom-reset = Tamanho real
menu-full-screen = Tela cheia
menu-show = Menu do aplicativo
