## 起動画面：読み込みの各段階

splash-wait-contact = 開いています
splash-wait-page = ページを読み込んでいます
splash-wait-python = アプリを起動しています
splash-wait-upgrade = アプリに接続しています
splash-wait-messages = 最初のページを準備しています
splash-wait-keychain = システムのキーチェーンの応答を待っています

## 起動画面：時間がかかっているとき

splash-slow-contact = ウィンドウがまだアプリに接続できていません。コンピューターの負荷が高いと時間がかかります。
splash-slow-page = ページの読み込みにいつもより時間がかかっています。今のところ問題はありません。
splash-slow-python = アプリが必要な部品を読み込んでいます。インストール後の最初の起動には最も時間がかかります。
splash-slow-upgrade = アプリは動作しています。ページがアプリに接続しているところです。
splash-slow-messages = アプリが最初のページを準備しています。大きなファイルや長い計算には時間がかかることがあります。
splash-slow-keychain = このウィンドウの後ろで、ロックの解除を求められているかもしれません。
splash-slow-again = アプリが応答すると、ページは自動的に元に戻ります。

## 起動画面：その他の状態

splash-again = アプリが停止したため、再起動しています
splash-again-count = アプリが停止したため、再起動しています（{ $failures }）
splash-reloading = ページを再表示しています
splash-stopping = 終了しています
splash-stopped = アプリは終了しました
splash-gave-up = アプリを起動できませんでした
splash-details = 詳細を表示
splash-step = ステップ { $step } / { $of }

## 問題：名前と意味

failure-crashing-title = アプリが繰り返し停止しています
failure-crashing-meaning = 何度か再起動しましたが、そのたびに停止しました。お使いのファイルに影響はありません。
failure-unresponsive-title = アプリが応答しません
failure-unresponsive-meaning = 起動はしましたが、決められた時間内に表示の準備ができませんでした。
failure-damaged-title = アプリが壊れています
failure-damaged-meaning = 一部のファイルが見つからないか、変更されているため、起動できません。再インストールするとすべてのファイルが置き換えられます。
failure-too-new-title = 新しいバージョンが必要です
failure-too-new-meaning = このアプリは、より新しいバージョンのプログラム用に作られています。
failure-no-app-title = ここにはアプリがありません
failure-no-app-meaning = このプログラムは隣にあるアプリを開きますが、見つかりませんでした。フォルダーから移動された可能性があります。
failure-no-port-title = 空いているポートがありません
failure-no-port-meaning = アプリはこのコンピューターのポートを使ってウィンドウと通信しますが、使えるポートはすべて他のプログラムが使用しています。
failure-no-space-title = ディスクの空き容量がありません
failure-no-space-meaning = アプリのファイルを保存する空き容量が残っていません。
failure-no-permission-title = アプリがファイルを書き込めません
failure-no-permission-meaning = アプリに必要なフォルダーへの書き込みがシステムによって許可されていません。
failure-old-web-view-title = このコンピューターの更新が必要です
failure-old-web-view-meaning = ウェブページを表示するシステムの部品が、このアプリには古すぎます。
failure-keychain-title = キーチェーンが応答しません
failure-keychain-meaning = アプリは秘密情報をシステムのキーチェーンに保存しますが、まだ応答がありません。応答があれば、アプリは自動的に開きます。
failure-system-title = このコンピューターに足りないものがあります
failure-system-meaning = アプリに必要なものがシステムにありません。
failure-unknown-title = アプリを表示できませんでした
failure-unknown-meaning = ウィンドウがアプリの状態を確認できませんでした。
failure-no-web-view = アプリのウィンドウを表示する WebView2 Runtime がこのコンピューターにありません。入手するために Microsoft のページを開きますか?

## 問題：対象

failure-subject-file = ファイル：`{ $subject }`
failure-subject-folder = フォルダー：`{ $subject }`
failure-subject-ports = ポート：{ $subject }
failure-subject-missing = 不足しているもの：{ $subject }

## 問題：画面のその他の部分

failure-next = できること
failure-details = 技術的な詳細
failure-log-file = ログファイル：{ $file }
failure-version = バージョン { $version }

## ヒント

hint-restart = アプリを再起動してください。もう一度起きる場合は、アプリを受け取った相手にレポートを送ってください。
hint-missing-module = アプリに必要な Python モジュール `{ $module }` がインストールされていません。アプリを受け取った相手にレポートを送ってください。
hint-free-space = ディスクの空き容量を増やしてから、アプリを再起動してください。
hint-free-memory = メモリが不足している可能性があります。他のプログラムを終了してから、アプリを再起動してください。
hint-reinstall = アプリをもう一度インストールしてください。保存した内容はそのまま残ります。
hint-install-newest = 受け取ったアプリの最新バージョンをインストールしてください。
hint-start-by-icon = アイコンからアプリを起動するか、もう一度インストールしてください。
hint-author = アプリを作成している場合は、`waterskin run` または `waterskin build` を使ってください。
hint-restart-computer = コンピューターを再起動してください。もう一度起きる場合は、管理者に問い合わせてください。
hint-close-programs = 不要なプログラムを終了してから、アプリを再起動してください。
hint-allow-folder = このフォルダーに書き込めるか確認するか、コンピューターの管理者に問い合わせてください。その後、アプリを再起動してください。
hint-update-system = システムの更新をインストールしてから、アプリをもう一度開いてください。
hint-send-report = レポートをコピーして、アプリを受け取った相手に送ってください。
hint-unlock-keychain = キーチェーンのロック解除を求められていないか確認してください。そのウィンドウは、このウィンドウの後ろにあるかもしれません。
hint-enter-once = または、秘密情報を自分で入力してください。アプリを閉じるまで使われ、保存はされません。

## ボタン

action-restart = 再起動
action-restarting = 再起動しています
action-try-again = もう一度試す
action-enter-once = 今回だけ入力する
action-copy-report = レポートをコピー
action-save-report = レポートを保存
action-show-log = ログを表示
action-show-in-folder = フォルダーで表示
action-quit = 終了

## 操作への短い応答

notice-report-copied = レポートをクリップボードにコピーしました。アプリを受け取った相手へのメッセージに貼り付けてください。
notice-report-saved = レポートをダウンロードフォルダーに保存しました：{ $file }
notice-log-copied = { $lines } 行をコピーしました
notice-selection-copied = 選択範囲をコピーしました
notice-failed = うまくいきませんでした：{ $message }

## ログのウィンドウ

log-title = { $app }：ログ
log-title-plain = ログ
log-search = ログを検索
log-previous = 前の一致
log-next = 次の一致
log-no-match = 一致なし
log-match = { $current } / { $all }
log-follow = 追従
log-pause = 一時停止
log-copy = コピー
log-folder = フォルダーを開く
log-empty = アプリはまだ何も出力していません。
log-lines = { $lines } 行
log-following = 追従中
log-paused = 一時停止中
log-newer = 新しい行：{ $lines }
log-lost = 以前の行はログファイルにのみあります
log-region = アプリの出力
log-tools = ツール

## インスペクター

inspector-title = { $app }：インスペクター
inspector-title-plain = インスペクター
inspector-stages = 読み込みの段階
inspector-stage-contact = 最初の接触
inspector-stage-page = ページ、スクリプト、スタイル
inspector-stage-upgrade = WebSocket への切り替え
inspector-stage-messages = メッセージ
inspector-stage-at = { $time }後
inspector-stage-waiting = { $time }待機中
inspector-stage-open = 未到達
inspector-stage-refused = { $status } で拒否
inspector-stage-finished = { $time }後に終了
inspector-search = 通信を検索
inspector-tools = ツール
inspector-filter = 表示するもの
inspector-requests = リクエスト
inspector-messages = メッセージ
inspector-pings = Ping
inspector-runs = 実行
inspector-save = 保存
inspector-saved = ダウンロードフォルダーに保存しました：{ $trace }、{ $har }
inspector-grid = 通信
inspector-time = 時刻
inspector-what = 内容
inspector-status = 状態
inspector-by = 応答元
inspector-size = サイズ
inspector-took = 時間
inspector-by-app = アプリ
inspector-by-files = ファイル
inspector-by-proxy = ウィンドウ
inspector-stream = 接続
inspector-run = 実行 { $number }
inspector-run-sent = メッセージ { $messages } 件、{ $size }
inspector-running = 実行中
inspector-ended = 接続 { $number } が終了
inspector-again = 直前の切断時間
inspector-lost = { $lines } 件が失われました
inspector-lost-why = このウィンドウが受け取れる速さを超えていました。
inspector-entries = { $lines } 件
inspector-open = 開いている接続：{ $count }
inspector-reconnections = 再接続：{ $count } 回
inspector-gone = 古いものは残っていません
inspector-private = 内容、Cookie、クエリは記録されません
inspector-empty = このウィンドウを開いてから、通信はまだありません。アプリを操作するか、ページを再読み込みしてください。
inspector-none = 該当するものはありません
inspector-newer = 新しい項目：{ $lines } 件
inspector-details = 詳細
inspector-pending = まだ応答がありません。
inspector-cut = 応答がすべて届く前に、ウィンドウが受信をやめました。
inspector-waited = 応答までの待ち時間
inspector-up = アプリへの送信量
inspector-down = ウィンドウへの送信量
inspector-direction = 方向
inspector-to-app = アプリへ
inspector-to-window = ウィンドウへ
inspector-opcode = フレーム
inspector-length = 長さ
inspector-gap = 前のフレームから
inspector-trip = Ping から
inspector-code = 終了コード
inspector-asked = 実行までの待ち時間
inspector-sent = 送信した内容
inspector-kind-rerun = ページがスクリプトの実行を求めています。
inspector-kind-session = スクリプトの実行が始まります。
inspector-kind-delta = ページに描く、または変更するものです。
inspector-kind-finished = スクリプトが最後まで実行されました。
inspector-kind-ping = 相手がまだ応答できるかを確認します。
inspector-kind-pong = Ping への応答です。
inspector-code-normal = 接続は予定どおり終了しました。
inspector-code-away = ページが閉じられたか、再読み込みされました。
inspector-code-restart = アプリが再起動しています。
inspector-code-none = 終了の通知がないまま切断されました。
inspector-code-other = コードが示す理由で接続が終了しました。

## 秘密情報のフォーム

secrets-title = { $app } に必要な情報を入力してください
secrets-title-again = { $app } の秘密情報
secrets-keychain = 入力した内容はこのコンピューターのシステムのキーチェーンに保存されます。
secrets-file = 入力した内容はこのコンピューターに保存されます。システムにキーチェーンがないため、あなただけが読めるファイルに保存されます: { $file }
secrets-once = 入力した内容は今回だけ使われます。どこにも保存されず、キーチェーンは変わりません。
secrets-optional = 任意
secrets-kept = 空欄のままにすると現在の値を保持します
secrets-show = 表示
secrets-remove = この値を削除する
secrets-missing = アプリにはこの情報が必要です。
secrets-malformed = 正しくないようです。すべてコピーされているか確認してください。
secrets-save = 保存してアプリを開く
secrets-saving = 保存しています
secrets-open = アプリを開く
secrets-opening = 開いています
secrets-open-once = 保存せずに開く
secrets-unanswered = キーチェーンが応答しないため、何も保存されませんでした。

## アプリについてのウィンドウ

about-title = { $app } について
about-version = バージョン { $version }
about-author = 作成者：{ $author }
about-packaged = Waterskin { $version } でパッケージ化
about-inside = 含まれているもの
about-inside-lead = { $parts } 件の他者の著作物と、そのライセンスです。
about-group-python = Python とそのパッケージ
about-group-shell = ウィンドウ
about-search = 名前とライセンスを検索
about-none-found = 見つかりませんでした
about-unstated = ライセンスの記載なし
about-no-text = ライセンスの本文は付属していませんでした。
about-reading = ライセンスを読み込んでいます

## Notices about downloads

download-progress = { $received } / { $total }
download-saved-in = { $folder } に保存しました
download-cancelled = 中止しました
download-no-space = 保存できませんでした: ディスクの空き容量が足りません。
download-no-permission = 保存できませんでした: フォルダー { $folder } に書き込めません。
download-broken = 保存できませんでした: 転送が途切れました。
download-open = 開く
download-stop = 中止
download-where = ファイルを保存
download-save = 保存
menu-close = 閉じる
download-cancel = キャンセル

## Folders to upload

upload-folder = フォルダーをアップロード
upload-choose = アップロード
upload-too-much-title = このフォルダーは大きすぎます
upload-too-much = アップロードできるフォルダーは、ファイル { $files } 個、合計 { $size } までです。もっと小さいフォルダーを選んでください。

## Finding text in the page

find-text = ページ内を検索
find-previous = 前の一致
find-next = 次の一致
find-none = 見つかりません

## Asking for the camera and the microphone

ask-camera = { $app } がカメラの使用を求めています
ask-microphone = { $app } がマイクの使用を求めています
ask-both = { $app } がカメラとマイクの使用を求めています
ask-remembered = 確認は一度だけです。後からメニュー (F10) で変更できます。
ask-allow = 許可
ask-deny = 許可しない
device-refused-camera = カメラは許可されていません
device-refused-microphone = マイクは許可されていません
device-refused-both = カメラとマイクは許可されていません
device-refused = 以前の選択によるものです。メニュー (F10) で変更できます。
device-missing-camera = カメラが見つかりません
device-missing-microphone = マイクが見つかりません
device-missing-both = カメラとマイクが見つかりません
device-missing = 機器を接続するか電源を入れ、それを使用している他のプログラムを終了してから、もう一度お試しください。
network-missing-site = { $site } に接続できません
network-missing = 地図の道路など、そこから表示される内容にはインターネット接続が必要です。それ以外は接続なしで使えます。

## Signing in at another site

login-outside-title = ブラウザーで続けてください
login-outside = サインインサービスのページがブラウザーで開いています。このウィンドウは自動的に続きます。
login-failed-title = 今はサインインできません
login-port-program = サインインはこのコンピューターのポート { $port } に戻りますが、プログラム「{ $program }」が使用しています。そのプログラムを閉じてから、このアプリを閉じて開き直してください。
login-port-unknown = サインインはこのコンピューターのポート { $port } に戻りますが、別のプログラムが使用しています。不要なプログラムを閉じてから、このアプリを閉じて開き直してください。
login-port-free = サインインはこのコンピューターのポート { $port } に戻りますが、このアプリを開いたときに別のプログラムが使用していました。このアプリを閉じて開き直してください。
login-misled = このアプリのサインインは { $address } に進み、このウィンドウには戻りません。アプリを渡してくれた人に知らせてください。
login-done-title = { $app } に戻ってください
login-done = このページは閉じてかまいません。

## The menu

menu-page = ページ
menu-edit = 編集
menu-restart = アプリを再起動
menu-inspector = インスペクター
menu-clear-cache = キャッシュを消去
menu-zoom = ズーム
menu-secrets = 秘密情報…
menu-permissions = 権限
menu-camera = カメラを許可
menu-microphone = マイクを許可
menu-back = 戻る
menu-forward = 進む
menu-reload = 再読み込み
menu-rerun = 再実行
menu-find = 検索…
menu-print = 印刷…
menu-zoom-in = 拡大
menu-zoom-out = 縮小
menu-zoom-reset = 実際のサイズ
menu-full-screen = 全画面表示
menu-show = アプリのメニュー
