//! What a set-up says, in the languages that the shell speaks. NSIS has the rest of its dialogs in
//! them by itself. `$(^Name)` is the app's name there.

/// A language: its name in NSIS, and each text.
pub(super) struct Words {
    /// The name of the language's file in NSIS.
    pub language: &'static str,
    /// The app is open.
    pub open: &'static str,
    /// The app did not close.
    pub busy: &'static str,
    /// The WebView2 Runtime is not there.
    pub no_webview2: &'static str,
    /// The new files could not be put in place.
    pub failed: &'static str,
}

/// The first is for everybody who speaks none of them.
pub(super) const WORDS: [Words; 7] = [
    Words {
        language: "English",
        open: "$(^Name) is open. It is closed before this goes on.",
        busy: "$(^Name) does not close. Close it, then try again.",
        no_webview2: "$(^Name) needs the WebView2 Runtime, which this computer does not have. Open Microsoft's page to get it?",
        failed: "Some files of $(^Name) could not be put in place. Restart the computer, then run this again.",
    },
    Words {
        language: "German",
        open: "$(^Name) ist geöffnet und wird geschlossen, bevor es weitergeht.",
        busy: "$(^Name) schließt sich nicht. Schließen Sie die App und versuchen Sie es noch einmal.",
        no_webview2: "$(^Name) braucht die WebView2 Runtime, die auf diesem Computer fehlt. Microsofts Seite öffnen, um sie zu holen?",
        failed: "Einige Dateien von $(^Name) konnten nicht an ihren Platz gebracht werden. Starten Sie den Computer neu und führen Sie dies noch einmal aus.",
    },
    Words {
        language: "Spanish",
        open: "$(^Name) está abierta. Se cierra antes de continuar.",
        busy: "$(^Name) no se cierra. Ciérrela y vuelva a intentarlo.",
        no_webview2: "$(^Name) necesita WebView2 Runtime, que falta en este equipo. ¿Abrir la página de Microsoft para obtenerlo?",
        failed: "Algunos archivos de $(^Name) no se pudieron colocar. Reinicie el equipo y ejecute esto de nuevo.",
    },
    Words {
        language: "French",
        open: "$(^Name) est ouverte. Elle va être fermée avant de continuer.",
        busy: "$(^Name) ne se ferme pas. Fermez-la, puis réessayez.",
        no_webview2: "$(^Name) a besoin de WebView2 Runtime, qui manque sur cet ordinateur. Ouvrir la page de Microsoft pour l'obtenir ?",
        failed: "Certains fichiers de $(^Name) n'ont pas pu être mis en place. Redémarrez l'ordinateur, puis relancez ce programme.",
    },
    Words {
        language: "Japanese",
        open: "$(^Name) が開いています。続行する前に閉じます。",
        busy: "$(^Name) が終了しません。閉じてからもう一度お試しください。",
        no_webview2: "$(^Name) には WebView2 Runtime が必要ですが、このコンピューターにはありません。入手するために Microsoft のページを開きますか?",
        failed: "$(^Name) の一部のファイルを配置できませんでした。コンピューターを再起動してから、もう一度実行してください。",
    },
    Words {
        language: "Portuguese",
        open: "$(^Name) está aberta. Será fechada antes de continuar.",
        busy: "$(^Name) não fecha. Feche-a e tente de novo.",
        no_webview2: "$(^Name) precisa do WebView2 Runtime, que falta neste computador. Abrir a página da Microsoft para o obter?",
        failed: "Alguns ficheiros de $(^Name) não puderam ser colocados. Reinicie o computador e execute isto de novo.",
    },
    Words {
        language: "SimpChinese",
        open: "$(^Name) 正在运行，继续之前会将其关闭。",
        busy: "$(^Name) 没有关闭。请关闭它，然后重试。",
        no_webview2: "$(^Name) 需要 WebView2 Runtime，而此电脑上没有。是否打开 Microsoft 的页面来获取？",
        failed: "$(^Name) 的部分文件无法就位。请重新启动电脑，然后再次运行。",
    },
];
