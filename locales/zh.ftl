## 启动画面：加载的各个阶段

splash-wait-contact = 正在打开
splash-wait-page = 正在加载页面
splash-wait-python = 正在启动应用
splash-wait-upgrade = 正在连接应用
splash-wait-messages = 正在准备第一个页面
splash-wait-keychain = 正在等待系统钥匙串

## 启动画面：耗时较长时

splash-slow-contact = 窗口尚未连接到应用。电脑繁忙时需要更长时间。
splash-slow-page = 页面加载比平时慢。目前一切正常。
splash-slow-python = 应用正在加载所需的组件。安装后的首次启动耗时最长。
splash-slow-upgrade = 应用正在运行，页面仍在连接。
splash-slow-messages = 应用正在处理第一个页面。大文件或长时间的计算可能需要等待一会儿。
splash-slow-keychain = 桌面可能正在请您解锁钥匙串，其窗口可能在此窗口后面。
splash-slow-again = 应用恢复响应后，页面会自动重新显示。

## 启动画面：其他状态

splash-again = 应用已停止，正在重新启动
splash-again-count = 应用已停止，正在重新启动（{ $failures }）
splash-reloading = 正在重新显示页面
splash-stopping = 正在关闭
splash-stopped = 应用已关闭
splash-gave-up = 无法启动应用
splash-details = 显示详情
splash-step = 第 { $step } 步，共 { $of } 步

## 故障：名称和含义

failure-crashing-title = 应用反复停止
failure-crashing-meaning = 应用已重新启动多次，但每次都停止了。您的文件不受影响。
failure-unresponsive-title = 应用没有响应
failure-unresponsive-meaning = 应用已启动，但未能在规定时间内显示内容。
failure-damaged-title = 应用已损坏
failure-damaged-meaning = 部分文件缺失或被更改，因此无法启动。重新安装会替换所有文件。
failure-too-new-title = 应用需要更新的版本
failure-too-new-meaning = 该应用是为更新版本的程序制作的。
failure-no-app-title = 这里没有应用
failure-no-app-meaning = 此程序会打开与它放在一起的应用，但没有找到。它可能已被移出原来的文件夹。
failure-no-port-title = 没有可用的端口
failure-no-port-meaning = 应用通过本机的端口与窗口通信，而所有可用的端口都被其他程序占用了。
failure-no-space-title = 磁盘已满
failure-no-space-meaning = 应用需要一些空间存放自己的文件，但已没有剩余空间。
failure-no-permission-title = 应用无法写入文件
failure-no-permission-meaning = 系统不允许应用写入它需要的文件夹。
failure-old-web-view-title = 这台电脑需要更新
failure-old-web-view-meaning = 系统中用于显示网页的组件对此应用来说太旧了。
failure-keychain-title = 钥匙串没有响应
failure-keychain-meaning = 应用将密钥保存在系统钥匙串中，而钥匙串尚未响应。一旦响应，应用会自动打开。
failure-system-title = 这台电脑缺少某些组件
failure-system-meaning = 系统缺少应用所需的组件。
failure-unknown-title = 无法显示应用
failure-unknown-meaning = 窗口无法得知应用当前的状态。
failure-no-web-view = 此电脑上没有用于显示应用窗口的 WebView2 Runtime。是否打开 Microsoft 的页面来获取？

## 故障：相关内容

failure-subject-file = 文件：`{ $subject }`
failure-subject-folder = 文件夹：`{ $subject }`
failure-subject-ports = 端口：{ $subject }
failure-subject-missing = 缺少：{ $subject }

## 故障：画面的其余部分

failure-next = 您可以这样做
failure-details = 技术细节
failure-log-file = 日志文件：{ $file }
failure-version = 版本 { $version }

## 提示

hint-restart = 请重新启动应用。如果再次发生，请将报告发送给向您提供此应用的人。
hint-missing-module = 应用需要 Python 模块 `{ $module }`，但它没有随应用一起安装。请将报告发送给向您提供此应用的人。
hint-free-space = 请释放一些磁盘空间，然后重新启动应用。
hint-free-memory = 电脑内存可能不足。请关闭其他程序，然后重新启动应用。
hint-reinstall = 请重新安装应用。您用它保存的内容会保留。
hint-install-newest = 请安装您收到的应用的最新版本。
hint-start-by-icon = 请通过图标启动应用，或重新安装。
hint-author = 如果您正在制作应用，请使用 `waterskin run` 或 `waterskin build`。
hint-restart-computer = 请重新启动电脑。如果再次发生，请联系电脑的管理人员。
hint-close-programs = 请关闭不需要的其他程序，然后重新启动应用。
hint-allow-folder = 请检查您是否可以写入此文件夹，或联系电脑的管理人员，然后重新启动应用。
hint-update-system = 请安装系统更新，然后重新打开应用。
hint-send-report = 请复制报告，并发送给向您提供此应用的人。
hint-unlock-keychain = 请查看桌面是否正在请您解锁钥匙串。其窗口可能在此窗口后面。
hint-enter-once = 或者自己输入密钥。应用在关闭之前可以使用它们，但不会保存。

## 按钮

action-restart = 重新启动
action-restarting = 正在重新启动
action-try-again = 重试
action-enter-once = 仅本次输入
action-copy-report = 复制报告
action-save-report = 保存报告
action-show-log = 显示日志
action-show-in-folder = 在文件夹中显示
action-quit = 退出

## 对操作的简短回应

notice-report-copied = 报告已复制到剪贴板。请将其粘贴到发给应用提供者的消息中。
notice-report-saved = 报告已保存到下载文件夹：{ $file }
notice-log-copied = 已复制 { $lines } 行
notice-selection-copied = 已复制所选内容
notice-failed = 操作未成功：{ $message }

## 日志窗口

log-title = { $app }：日志
log-title-plain = 日志
log-search = 搜索日志
log-previous = 上一个匹配项
log-next = 下一个匹配项
log-no-match = 没有匹配项
log-match = 第 { $current } 个，共 { $all } 个
log-follow = 跟随
log-pause = 暂停
log-copy = 复制
log-folder = 打开文件夹
log-empty = 应用尚未输出任何内容。
log-lines = { $lines } 行
log-following = 跟随中
log-paused = 已暂停
log-newer = { $lines } 行新内容
log-lost = 更早的内容仅在日志文件中
log-region = 应用的输出
log-tools = 工具

## 检查器

inspector-title = { $app }：检查器
inspector-title-plain = 检查器
inspector-stages = 加载的阶段
inspector-stage-contact = 首次接触
inspector-stage-page = 页面、脚本、样式
inspector-stage-upgrade = 切换到 WebSocket
inspector-stage-messages = 消息
inspector-stage-at = { $time }后
inspector-stage-waiting = 已等待 { $time }
inspector-stage-open = 未到达
inspector-stage-refused = 被拒绝，状态 { $status }
inspector-stage-finished = { $time }后完成
inspector-search = 搜索通信
inspector-tools = 工具
inspector-filter = 显示的内容
inspector-requests = 请求
inspector-messages = 消息
inspector-pings = Ping
inspector-runs = 运行
inspector-save = 保存
inspector-saved = 已保存到下载文件夹：{ $trace } 和 { $har }
inspector-grid = 通信
inspector-time = 时间
inspector-what = 内容
inspector-status = 状态
inspector-by = 来自
inspector-size = 大小
inspector-took = 用时
inspector-by-app = 应用
inspector-by-files = 文件
inspector-by-proxy = 窗口
inspector-stream = 连接
inspector-run = 第 { $number } 次运行
inspector-run-sent = { $messages } 条消息，{ $size }
inspector-running = 运行中
inspector-ended = 连接 { $number } 已结束
inspector-again = 此前断开的时间
inspector-lost = 丢失了 { $lines } 条
inspector-lost-why = 它们到达的速度超过了此窗口的接收速度。
inspector-entries = { $lines } 条
inspector-open = { $count } 个打开的连接
inspector-reconnections = 重新连接 { $count } 次
inspector-gone = 最早的已不在
inspector-private = 不记录内容、Cookie 和查询
inspector-empty = 自此窗口打开以来没有任何通信。请使用应用，或重新加载其页面。
inspector-none = 没有这样的内容
inspector-newer = { $lines } 条新内容
inspector-details = 详情
inspector-pending = 尚无应答。
inspector-cut = 窗口在收到完整应答之前就离开了。
inspector-waited = 等待应答
inspector-up = 发送到应用
inspector-down = 发送到窗口
inspector-direction = 方向
inspector-to-app = 到应用
inspector-to-window = 到窗口
inspector-opcode = 帧
inspector-length = 长度
inspector-gap = 距上一帧
inspector-trip = 距其 Ping
inspector-code = 关闭代码
inspector-asked = 等待运行
inspector-sent = 发送的内容
inspector-kind-rerun = 页面请求运行脚本。
inspector-kind-session = 脚本开始运行。
inspector-kind-delta = 要在页面上绘制或更改的内容。
inspector-kind-finished = 脚本已运行完毕。
inspector-kind-ping = 询问对方是否仍在。
inspector-kind-pong = 对 Ping 的应答。
inspector-code-normal = 连接按计划结束。
inspector-code-away = 页面已离开或重新加载。
inspector-code-restart = 应用正在重启。
inspector-code-none = 连接中断：双方都没有宣布结束。
inspector-code-other = 连接因其代码所示的原因而结束。

## 密钥表单

secrets-title = { $app } 需要您提供一些信息
secrets-title-again = { $app } 的密钥
secrets-keychain = 您输入的内容保存在这台计算机的系统钥匙串中。
secrets-file = 您输入的内容保存在这台计算机上。系统没有钥匙串，因此保存在只有您能读取的文件中：{ $file }
secrets-once = 您输入的内容仅供本次使用，不会保存在任何地方，钥匙串保持不变。
secrets-optional = 可选
secrets-kept = 留空则保留现有值
secrets-show = 显示
secrets-remove = 移除此值
secrets-missing = 应用需要此项。
secrets-malformed = 看起来不正确。请检查是否已完整复制。
secrets-save = 保存并打开应用
secrets-saving = 正在保存
secrets-open = 打开应用
secrets-opening = 正在打开
secrets-open-once = 不保存并打开
secrets-unanswered = 钥匙串没有响应，因此没有保存任何内容。

## 关于应用的窗口

about-title = 关于 { $app }
about-version = 版本 { $version }
about-author = 作者：{ $author }
about-packaged = 使用 Waterskin { $version } 打包
about-inside = 包含的内容
about-inside-lead = { $parts } 件他人的作品，各附其许可证。
about-group-python = Python 及其软件包
about-group-shell = 窗口
about-search = 搜索名称和许可证
about-none-found = 未找到
about-unstated = 未注明许可证
about-no-text = 未附带许可证文本。
about-reading = 正在读取许可证

## Notices about downloads

download-progress = { $received } / { $total }
download-saved-in = 已保存到 { $folder }
download-cancelled = 已停止
download-no-space = 未保存：磁盘空间不足。
download-no-permission = 未保存：无法写入文件夹 { $folder }。
download-broken = 未保存：传输中断。
download-open = 打开
download-stop = 停止
download-where = 保存文件
download-save = 保存
menu-close = 关闭
download-cancel = 取消

## Folders to upload

upload-folder = 上传文件夹
upload-choose = 上传
upload-too-much-title = 此文件夹太大
upload-too-much = 可上传的文件夹最多包含 { $files } 个文件，总共 { $size }。请选择较小的文件夹。

## Finding text in the page

find-text = 在页面中查找
find-previous = 上一个匹配项
find-next = 下一个匹配项
find-none = 未找到

## Asking for the camera and the microphone

ask-camera = { $app } 想使用摄像头
ask-microphone = { $app } 想使用麦克风
ask-both = { $app } 想使用摄像头和麦克风
ask-remembered = 只询问一次。以后可以在菜单（F10）中更改。
ask-allow = 允许
ask-deny = 不允许
device-refused-camera = 不允许使用摄像头
device-refused-microphone = 不允许使用麦克风
device-refused-both = 不允许使用摄像头和麦克风
device-refused = 这是以前的选择。可以在菜单（F10）中更改。
device-missing-camera = 未找到摄像头
device-missing-microphone = 未找到麦克风
device-missing-both = 未找到摄像头和麦克风
device-missing = 请连接或打开设备，并关闭正在使用它的其他程序，然后重试。
network-missing-site = 无法访问 { $site }
network-missing = 应用从那里显示的内容（例如地图上的街道）需要互联网。其他一切无需联网即可使用。

## Signing in at another site

login-outside-title = 请在浏览器中继续
login-outside = 登录服务的页面已在浏览器中打开。此窗口会自动继续。
login-failed-title = 现在无法登录
login-port-program = 登录需要通过本机的端口 { $port } 返回，而程序“{ $program }”正在使用该端口。请关闭该程序，然后关闭并重新打开此应用。
login-port-unknown = 登录需要通过本机的端口 { $port } 返回，而另一个程序正在使用该端口。请关闭不需要的程序，然后关闭并重新打开此应用。
login-port-free = 登录需要通过本机的端口 { $port } 返回，而打开此应用时另一个程序正在使用该端口。请关闭并重新打开此应用。
login-misled = 此应用的登录会转到 { $address }，而不会返回此窗口。请告知给您此应用的人。
login-done-title = 请返回 { $app }
login-done = 您可以关闭此页面。

## The menu

menu-page = 页面
menu-edit = 编辑
menu-restart = 重启应用
menu-inspector = 检查器
menu-clear-cache = 清除缓存
menu-zoom = 缩放
menu-secrets = 密钥…
menu-permissions = 权限
menu-camera = 允许使用摄像头
menu-microphone = 允许使用麦克风
menu-back = 后退
menu-forward = 前进
menu-reload = 重新加载
menu-rerun = 重新运行
menu-find = 查找…
menu-print = 打印…
menu-zoom-in = 放大
menu-zoom-out = 缩小
menu-zoom-reset = 实际大小
menu-full-screen = 全屏
menu-show = 应用菜单
